import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeStatus, startSystem, type System, until } from '../../packages/server/test/system.ts';

const here = import.meta.dirname;
let system: System;
let fapi: FapiClient;
let folder: string;
const playing = new AbortController();
const children = new Set<ChildProcess>();

beforeAll(async () => {
  system = await startSystem();
  fapi = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  folder = await mkdtemp(join(tmpdir(), 'fapi-scripts-'));
  void goLiveAlways();
});
afterAll(async () => {
  playing.abort();
  for (const child of children) child.kill('SIGKILL');
  fapi?.close();
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The controller's part: whatever is asked for is live. */
async function goLiveAlways(): Promise<void> {
  for await (const word of system.bus.specs.watch(playing.signal)) {
    if (word.kind === 'message' && word.value.desired.state === 'live' && !word.value.desired.settled) await system.bus.statuses.publish(makeStatus(word.value.appId, word.value.generation, 'live', 'live'));
  }
}

interface Outcome { code: number | null; stdout: string; stderr: string }

function run(script: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, ['--conditions=fapi-source', join(here, script), ...args], { env: { ...process.env, FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey } });
  children.add(child);
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (outcome.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (outcome.stderr += text.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...outcome, code })));
}

const sample = (body: string) => `from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read() -> str:\n    return "${body}"\n`;

async function makeLive(title: string): Promise<string> {
  const app = await fapi.apps.create({ title, files: [{ path: 'main.py', content: sample('one') }] });
  await fapi.deployments.untilSettled(await fapi.deployments.create(app.id, { draftVersion: 1 }));
  return app.id;
}

it('deploy-folder makes an app of a folder, and the next time another version of it', async () => {
  await mkdir(join(folder, 'pkg/__pycache__'), { recursive: true });
  await writeFile(join(folder, 'main.py'), sample('one'));
  await writeFile(join(folder, 'pkg/part.py'), 'x = 1\n');
  await writeFile(join(folder, 'pkg/__pycache__/part.pyc'), 'no');
  const first = await run('deploy-folder.ts', folder);
  const [, appId, url] = /^(app_\w+) (\S+)\n$/.exec(first.stdout) ?? [];
  expect([first.code, url], first.stderr).toEqual([0, (await fapi.apps.read(appId!)).url]);
  expect((await fapi.drafts.read(appId!)).files.map(({ path }) => path)).toEqual(['main.py', 'pkg/part.py']);
  await rm(join(folder, 'pkg'), { recursive: true });
  await writeFile(join(folder, 'main.py'), sample('two'));
  expect((await run('deploy-folder.ts', folder, appId!)).code).toBe(0);
  expect((await fapi.drafts.read(appId!)).files).toEqual([{ path: 'main.py', content: sample('two') }]);
}, 60_000);

it('follow-logs prints from the first line that is kept', async () => {
  const appId = await makeLive('Logs');
  system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId, lines: ['one', 'two'].map((text, at) => ({ seq: at + 1, at: new Date(0).toISOString(), stream: 'stdout' as const, generation: 1, text })), dropped: 0 } });
  const { code, stdout } = await run('follow-logs.ts', appId, '2');
  expect([code, stdout.trim().split('\n').map((line) => line.split(' ').at(-1))]).toEqual([0, ['one', 'two']]);
}, 60_000);

it('revert-on-errors goes back when answers are errors', async () => {
  const appId = await makeLive('Errors');
  const good = (await fapi.apps.read(appId)).live!.revision;
  system.advance(31_000);
  await fapi.deployments.untilSettled(await fapi.deployments.create(appId, { draftVersion: 1, patch: { put: [{ path: 'main.py', content: sample('bad') }] } }));
  const script = run('revert-on-errors.ts', appId, '20', '10');
  let requests = 0;
  const count = setInterval(() => {
    requests += 10;
    system.bus.streams.publish({ kind: 'metrics', value: { schema: 1, appId, epoch: 'e', at: new Date().toISOString(), totals: { requests, status2xx: requests / 2, status3xx: 0, status4xx: 0, status5xx: requests / 2, inFlight: 0, bytesOut: 0 } } });
  }, 200);
  const { code, stdout, stderr } = await script.finally(() => clearInterval(count));
  expect([code, stdout.trim()], stderr).toEqual([0, `reverted to ${good}: live`]);
  expect((await fapi.apps.read(appId)).live?.revision).toBe(good);
}, 60_000);

it('mint-embed-token prints a token that its page can use', async () => {
  const appId = await makeLive('Embedded');
  const { code, stdout, stderr } = await run('mint-embed-token.ts', 'ada', appId, 'https://portal.example');
  expect(code, stderr).toBe(0);
  const { token } = JSON.parse(stdout) as { token: string };
  expect((await system.call(`/v1/apps/${appId}`, { token, headers: { origin: 'https://portal.example' } })).status).toBe(200);
  expect((await system.call(`/v1/apps/${appId}`, { token, headers: { origin: 'https://elsewhere.example' } })).status).toBe(403);
}, 60_000);

it('clone-for-class makes an app for each student, once', async () => {
  const appId = await makeLive('Exercise');
  const [first, second] = [await run('clone-for-class.ts', appId, join(here, 'students.csv')), await run('clone-for-class.ts', appId, join(here, 'students.csv'))];
  expect([first.code, second.stdout], first.stderr).toEqual([0, first.stdout]);
  const made = first.stdout.trim().split('\n').map((line) => line.split(','));
  expect(made.map(([student]) => student)).toEqual(['ada', 'grace']);
  await until(() => fapi.apps.read(made[0]![1]!), ({ live, title, labels }) => live !== undefined && title === 'Exercise: Ada Lovelace' && labels.includes('student-ada'));
}, 60_000);

it('each says how it is used, and the README names all of them', async () => {
  const readme = await readFile(join(here, 'README.md'), 'utf8');
  for (const script of ['deploy-folder.ts', 'follow-logs.ts', 'revert-on-errors.ts', 'mint-embed-token.ts', 'clone-for-class.ts']) {
    expect(await run(script)).toMatchObject({ code: 2, stderr: expect.stringContaining(`usage: node ${script}`) });
    expect(readme).toContain(script);
    expect((await readFile(join(here, script), 'utf8')).split('\n').length).toBeLessThan(60);
  }
}, 60_000);
