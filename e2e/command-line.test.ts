import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { buildFapi, type Ran, runFapi, startFapi } from '../packages/sdk/test/cli/fapi.ts';
import { pythonPath } from '../tools/parts/paths.ts';
import { openTerminal } from './processes/terminal.ts';
import { startEmbedded } from './shapes/embedded.ts';
import type { System } from './system.ts';
import { until, visit } from './visit.ts';

describe('the command line, from nothing to a running app and back', () => {
  let program: string;
  let system: System;
  let client: FapiClient;
  let place: string;
  let folder: string;
  let url: string;
  let appId: string;
  let env: Record<string, string>;
  const fapi = (...args: string[]): Promise<Ran> => runFapi(program, args, { cwd: folder, env });
  const message = async (): Promise<unknown> => (JSON.parse((await visit(system.gatewayPort, url)).body) as { message?: unknown }).message;
  const edit = async (from: string | RegExp, to: string): Promise<void> => writeFile(join(folder, 'main.py'), (await readFile(join(folder, 'main.py'), 'utf8')).replace(from, to));

  beforeAll(async () => {
    program = await buildFapi();
    system = await startEmbedded();
    client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
    place = await mkdtemp(join(tmpdir(), 'fapi-command-line-'));
    folder = join(place, 'hello');
    env = { FAPI_URL: system.baseUrl, FAPI_API_KEY: system.operatorKey };
  });
  afterAll(async () => {
    client?.close();
    await system?.stop();
    await rm(place, { recursive: true, force: true });
  });

  it('begins a project, deploys it, and it answers at the address that was printed', async () => {
    expect((await runFapi(program, ['init', 'hello'], { cwd: place, env })).code).toBe(0);
    const ran = await fapi('deploy');
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringMatching(/✓ verifying .*\nlive [0-9a-f]{12}\n$/)]);
    url = ran.stdout.trim();
    appId = JSON.parse(await readFile(join(folder, 'fapi.json'), 'utf8')).app;
    expect(await message()).toBe('Hello');
  });

  it('runs its tests and checks it, before anything is saved', async () => {
    expect(await fapi('test')).toMatchObject({ code: 0, stdout: expect.stringContaining('2 passed, 0 failed, 0 skipped') });
    await edit('{"message": "Hello"}', '{"message": undefined_name}');
    const checked = await fapi('validate');
    expect(checked.stdout).toMatch(/^main\.py:8:24 (error|warning): .*undefined_name.*\[\S+\]$/m);
    const failed = await fapi('test');
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringMatching(/^main\.py:8:\d+ error: /m)]);
    expect((await client.drafts.read(appId)).version).toBe(1);
    await edit('undefined_name', '"Hello"');
  });

  it('dev makes each save live, says what is wrong with one, who saved in between, and waits for a server that is away', async () => {
    const dev = startFapi(program, ['dev', '--deploy'], { cwd: folder, env });
    onTestFailed(() => console.log(dev.stdout(), dev.stderr()));
    await dev.shows(/live [0-9a-f]{12}/);
    await edit('"Hello"', '"Hello from dev"');
    await until(message, (said) => said === 'Hello from dev');
    await edit('app = FastAPI()', 'app = FastAPI((');
    await dev.shows(/^main\.py:3:\d+ error: /m);
    expect(await message()).toBe('Hello from dev');
    await edit('FastAPI((', 'FastAPI()');

    const { version } = await until(() => client.drafts.read(appId), ({ files }) => files.some(({ path, content }) => path === 'main.py' && content.includes('app = FastAPI()')));
    await client.drafts.patch(appId, { version, put: [{ path: 'notes.txt', content: 'from the portal\n' }] });
    await edit('"Hello from dev"', '"Hello again"');
    await dev.shows(/operator saved version \d+/);
    expect((await fapi('pull', '--merge')).code).toBe(0);
    await until(message, (said) => said === 'Hello again');
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('from the portal\n');

    await system.kill('server');
    await edit('"Hello again"', '"Hello after all"');
    await dev.shows('waiting for');
    await system.restart();
    await until(message, (said) => said === 'Hello after all');
    dev.child.kill('SIGINT');
    expect((await dev.ended).code).toBe(130);
  });

  it('goes back to what was live before', async () => {
    expect(await fapi('revert')).toMatchObject({ code: 0, stdout: `${url}\n` });
    expect(await message()).toBe('Hello again');
  });

  it('pulls an app that runs with plain uvicorn', async () => {
    expect((await runFapi(program, ['pull', appId, 'pulled'], { cwd: place, env })).code).toBe(0);
    const child = spawn(pythonPath(), ['-B', '-m', 'uvicorn', 'main:app', '--port', '0'], { cwd: join(place, 'pulled'), stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    onTestFinished(async () => {
      child.kill();
      await ended;
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until(async () => said, (text) => /running on http:\S+/.test(text));
    expect(await (await fetch(/http:\/\/[\d.:]+/.exec(said)![0])).json()).toEqual({ message: 'Hello after all' });
  });

  it('shows on a terminal what goes on now, and asks at Ctrl-C whether the deployment goes on', async () => {
    await edit('from fastapi', 'import time\n\ntime.sleep(4)\nfrom fastapi');
    const terminal = openTerminal(process.execPath, [program, 'deploy'], { cwd: folder, env: { PATH: process.env['PATH'], TERM: 'xterm', ...env } });
    await terminal.shows('⠋');
    terminal.ctrlC();
    await terminal.shows('cancel this deployment? It goes on otherwise. [y/N]');
    terminal.type('n\r');
    await terminal.shows('it goes on');
    expect(await terminal.ended).toBe(130);
    expect(terminal.shown()).toContain('\u001b[32m✓\u001b[39m');
    const { items: [deployment] } = await client.deployments.list(appId, { limit: 1 });
    expect(await client.deployments.untilSettled(deployment!)).toMatchObject({ status: 'live' });
    const plain = openTerminal(process.execPath, [program, 'status'], { cwd: folder, env: { PATH: process.env['PATH'], TERM: 'xterm', NO_COLOR: '1', ...env } });
    expect([await plain.ended, plain.shown().includes('\u001b[3')]).toEqual([0, false]);
  });
});
