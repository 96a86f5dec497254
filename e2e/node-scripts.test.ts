import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../tools/parts/paths.ts';
import { startEmbedded } from './shapes/embedded.ts';
import type { System } from './system.ts';
import { until, visit } from './visit.ts';

const main = (word: string): string => `from fastapi import FastAPI, HTTPException\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read_root():\n    print("asked for ${word}")\n    return {"word": "${word}"}\n\n\n@app.get("/break")\ndef fail():\n    raise HTTPException(500)\n`;

describe('the scripts of examples/node-scripts, as printed', () => {
  let system: System;
  let client: FapiClient;
  let folder: string;
  let appId: string;
  let environment: NodeJS.ProcessEnv;
  const start = (name: string, ...args: string[]): { child: ChildProcess; output(): string; ended: Promise<number | null> } => {
    // By their own text and the published door of the SDK: no condition, no loader.
    const child = spawn(process.execPath, [join(root, 'examples/node-scripts', name), ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    onTestFinished(async () => {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    });
    return { child, ended, output: () => output };
  };
  const run = (name: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> => promisify(execFile)(process.execPath, [join(root, 'examples/node-scripts', name), ...args], { env: environment, timeout: 60_000 });

  beforeAll(async () => {
    system = await startEmbedded();
    client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
    environment = { PATH: process.env['PATH'], FAPI_URL: system.baseUrl, FAPI_API_KEY: system.operatorKey };
    folder = await mkdtemp(join(tmpdir(), 'fapi-script-'));
    await writeFile(join(folder, 'main.py'), main('one'));
  });
  afterAll(async () => {
    client?.close();
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('deploy-folder makes an app live, then what changed, and exits with 1 for what does not start', async () => {
    const { stdout, stderr } = await run('deploy-folder.ts', folder);
    appId = /^(app_\w+): /m.exec(stderr)![1]!;
    expect(JSON.parse((await visit(system.gatewayPort, stdout.trim())).body)).toEqual({ word: 'one' });
    await writeFile(join(folder, 'main.py'), main('two'));
    await writeFile(join(folder, 'notes.txt'), 'x\n');
    await writeFile(join(folder, 'fapi.json'), '{}\n');
    await writeFile(join(folder, 'logo.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]));
    await run('deploy-folder.ts', folder, appId);
    expect(JSON.parse((await visit(system.gatewayPort, stdout.trim())).body)).toEqual({ word: 'two' });
    expect((await client.drafts.read(appId)).files.map(({ path }) => path)).toEqual(['logo.png', 'main.py', 'notes.txt']);
    await writeFile(join(folder, 'main.py'), 'raise RuntimeError("no")\n');
    await expect(run('deploy-folder.ts', folder, appId)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('main.py') });
  });

  it('follow-logs prints what the app prints, until it is told to end', async () => {
    const script = start('follow-logs.ts', appId, 'asked for');
    await until(async () => script.output(), (text) => /stdout asked for one\n[^]*stdout asked for two\n/.test(text));
    script.child.kill('SIGINT');
    expect(await script.ended).toBe(0);
  });

  it('revert-on-errors goes back when requests fail, and says what it did', async () => {
    await writeFile(join(folder, 'main.py'), main('three'));
    const { url } = await client.apps.read(appId);
    await run('deploy-folder.ts', folder, appId);
    const script = start('revert-on-errors.ts', appId, '50', '10');
    await until(async () => script.output(), (text) => text.includes('watching sha256:'));
    for (let asked = 0; asked < 12; asked++) expect((await visit(system.gatewayPort, url, '/break')).status).toBe(500);
    expect(await script.ended).toBe(0);
    expect(script.output()).toMatch(/\d+ of \d+ requests ended with 5xx\nlive sha256:/);
    expect(JSON.parse((await visit(system.gatewayPort, url)).body)).toEqual({ word: 'two' });
    expect((await client.apps.read(appId)).live).toMatchObject({ trigger: 'revert', comment: expect.stringContaining('ended with 5xx') });
  });

  it('mint-embed-token prints a token that may what it says, and nothing else', async () => {
    await expect(run('mint-embed-token.ts', 'ada', 'https://unlisted.example')).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^[a-z_]+: [^\n]*\n$/) });
    const { origins, title } = await client.workspaces.read('default');
    await client.workspaces.put('default', { title, origins: [...origins, 'https://portal.example'] });
    const { stdout } = await run('mint-embed-token.ts', 'ada', 'https://portal.example/course?x=1', appId);
    const session = await createClient({ baseUrl: system.baseUrl, fetchToken: async () => ({ token: stdout.trim(), expiresInSeconds: 600 }) }).session.read();
    expect(session).toMatchObject({ kind: 'embed', subject: 'ada', role: 'deployer', apps: [appId] });
  });

  it('each says how it is used, is short, and stands in the README', async () => {
    const here = join(root, 'examples/node-scripts');
    const [readme, scripts] = [await readFile(join(here, 'README.md'), 'utf8'), (await readdir(here)).filter((name) => name.endsWith('.ts') && name !== 'connect.ts')];
    expect(scripts.length).toBe(5);
    for (const name of scripts) {
      await expect(run(name)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(`usage: node ${name} <`) });
      expect([readme.includes(`\`${name} <`), (await readFile(join(here, name), 'utf8')).split('\n').length < 60]).toEqual([true, true]);
    }
  });

  it('clone-for-class makes an app for every student, once', async () => {
    const csv = join(folder, 'class.csv');
    await writeFile(csv, 'id,name\r\ns1,Ada\r\ns2,"Hopper, ""Amazing"" Grace"\r\n');
    const { stdout } = await run('clone-for-class.ts', appId, csv);
    expect(stdout.trim().split('\n').map((line) => line.replace(/app_\w+,http.*$/, ''))).toEqual(['id,name,app,url', 's1,Ada,', 's2,"Hopper, ""Amazing"" Grace",']);
    const url = /^s1,Ada,app_\w+,(\S+)$/m.exec(stdout)![1]!;
    await until(() => visit(system.gatewayPort, url), ({ body }) => body === '{"word":"two"}');
    expect((await run('clone-for-class.ts', appId, csv)).stdout).toBe(stdout);
    await writeFile(csv, 'name\nAda\n');
    await expect(run('clone-for-class.ts', appId, csv)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('must have the columns id and name') });
  });
});
