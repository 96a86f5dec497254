import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, type System } from '../../../server/test/parts/system.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { isInstalled } from '../../../../tools/parts/installed.ts';
import { root } from '../../../../tools/parts/paths.ts';
import { listen } from '../listen.ts';
import { buildFapi, makeFolder, type Ran, read, runFapi, type Where } from './fapi.ts';

let program: string;
const fapi = (args: string[], where?: Where): Promise<Ran> => runFapi(program, args, where);
beforeAll(async () => {
  program = await buildFapi();
}, 120_000);

const commands = ['init', 'dev', 'validate', 'test', 'deploy', 'logs', 'open', 'status', 'push', 'pull', 'revert', 'clone', 'apps', 'backup', 'restore', 'version'];

describe('what fapi says without a server', () => {
  it('lists its commands in 80 columns, and every command has help in 80 columns', async () => {
    const overview = await fapi(['help']);
    expect(overview).toMatchObject({ code: 0, stderr: '' });
    expect(overview.stdout.split('\n').flatMap((line) => /^ {2}([a-z]+) {2}/.exec(line)?.[1] ?? [])).toEqual(commands);
    const helps = await Promise.all(commands.map((name) => fapi([name, '--help'])));
    expect(helps.map(({ code }) => code)).toEqual(commands.map(() => 0));
    expect([overview, ...helps].flatMap(({ stdout }) => stdout.split('\n')).filter((line) => line.length > 80)).toEqual([]);
    expect((await fapi(['help', 'deploy'])).stdout).toBe(helps[commands.indexOf('deploy')]!.stdout);
    expect((await fapi([])).stdout).toBe(overview.stdout);
  });

  it('is described in docs/cli.md: every command, every option and every exit code', async () => {
    const page = await readFile(join(root, 'docs/cli.md'), 'utf8');
    for (const name of commands) {
      expect(page).toMatch(new RegExp(`^\\| \`${name}[\` ]`, 'm'));
      for (const [, option] of (await fapi(['help', name])).stdout.matchAll(/^ {2}.{3} (--[a-z-]+)/gm)) expect(page).toContain(option);
    }
    expect([...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))).toEqual(Object.values(exitCodes));
  });

  it.each([
    [['deplyo'], 'fapi: there is no command "deplyo"\n  → did you mean fapi deploy?\n'],
    [['frobnicate'], 'fapi: there is no command "frobnicate"\n  → fapi help lists them\n'],
    [['--json-ish'], 'fapi: a command is missing\n  → fapi help lists them\n'],
    [['push', '--frce'], "fapi: unknown option '--frce'\n  → fapi help push\n"],
    [['push', 'there'], 'fapi: fapi push takes no "there"\n  → fapi help push\n'],
    [['backup'], 'fapi: fapi backup needs <file>\n  → fapi help backup\n'],
    [['logs', '--lines', '0'], 'fapi: --lines is "0": use a number from 1 to 2000\n'],
    [['logs', '--since', 'yesterday'], 'fapi: --since is "yesterday": use 30s, 10m, 2h, 1d or a time such as 2026-01-31T12:00:00Z\n'],
    [['logs', '--stream', 'both'], 'fapi: --stream is one of stdout, stderr, system\n'],
    [['clone', '--from', 'main'], 'fapi: --from is "main": use draft, live or a whole digest sha256:…\n'],
  ])('refuses %j as wrong usage, with exit 2', async (args, words) => {
    expect(await fapi(args)).toMatchObject({ code: 2, stdout: '', stderr: words });
  });

  it.each([
    // A value that is the name of a command, values of options that only some commands have, and one beside a switch.
    ['-C', 'apps', 'status'], ['--folder', 'help', 'status'], ['--app', 'deploy', 'status'], ['--title', 'Hi', 'deploy'], ['-m', 'why', '--force', 'deploy'], ['-n', '20', 'logs'],
  ])('takes the first word that is no value of an option for the command: %j %j %j', async (...args) => {
    const folder = await makeFolder(Object.fromEntries(['', 'apps/', 'help/'].flatMap((inside) => [[`${inside}fapi.json`, '{"app": "app_x"}'], [`${inside}main.py`, '']])));
    const command = args.find((word, place) => place > 1 && /^[a-z]/.test(word))!;
    const { json } = await fapi([...args, '--json'], { cwd: folder, env: { FAPI_URL: 'http://127.0.0.1:9', FAPI_API_KEY: 'k'.repeat(20) } });
    expect(json).toMatchObject({ command, error: { code: 'unreachable' } });
  });

  it('says the version and its server however they are put', async () => {
    const { json } = await fapi(['--server', 'http://127.0.0.1:9', '--version', '--json'], { env: { FAPI_API_KEY: 'k'.repeat(20) } });
    expect(json).toMatchObject({ command: 'version', error: { code: 'unreachable' } });
  });

  it('says errors as one JSON document when JSON is asked for, also for words that it cannot read', async () => {
    const { code, stdout, stderr, json } = await fapi(['deplyo', '--json']);
    expect([code, stderr, stdout.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(json).toEqual({ type: 'result', ok: false, command: '', exitCode: 2, error: { code: 'usage', message: 'there is no command "deplyo"', exitCode: 2, hints: ['did you mean fapi deploy?'] } });
  });

  it('begins a project in an empty folder, and in no other', async () => {
    const folder = await makeFolder();
    expect(await fapi(['init', 'hello'], { cwd: folder })).toMatchObject({ code: 0, stdout: 'hello: main.py, tests/test_main.py, requirements.txt, .gitignore, fapi.json\n', stderr: `next: cd hello && node ${program} dev --deploy\n` });
    expect(Object.keys(await read(join(folder, 'hello')))).toEqual(['.gitignore', 'fapi.json', 'main.py', 'requirements.txt', 'tests/test_main.py']);
    expect(await readFile(join(folder, 'hello/fapi.json'), 'utf8')).toBe('{}\n');
    expect(await fapi(['init', 'hello'], { cwd: folder })).toMatchObject({ code: 2 });
    const full = await makeFolder({ 'main.py': 'x = 1\n' });
    const refused = await fapi(['init'], { cwd: full });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('is not empty (main.py)')]);
    expect((await fapi(['init', '--existing'], { cwd: full })).code).toBe(0);
    expect(await read(full)).toEqual({ 'fapi.json': '{}\n', 'main.py': 'x = 1\n' });
  });
});

it('test says in a new project that there is no app yet, and what makes one', async () => {
  const folder = await makeFolder();
  await fapi(['init'], { cwd: folder });
  expect(await fapi(['test'], { cwd: folder })).toMatchObject({ code: 1, stdout: '', stderr: 'fapi: this project has no app on the server yet, and tests run as an app\n  → fapi push makes it: a draft, nothing is live by that\n  → fapi deploy pushes, checks and makes it live\n' });
  expect((await fapi(['test', '--json'], { cwd: folder })).json.error.code).toBe('no_app');
});

describe.skipIf(!isInstalled())('bin/fapi of a clone', { timeout: 60_000 }, () => {
  it.each([
    ['by its path', join(root, 'bin/fapi'), join(root, 'bin/fapi')],
    ['as docs/cli.md puts it on PATH', 'fapi', 'fapi'],
  ])('says the next step as it was called, and that works from there: %s', async (_, call, named) => {
    const place = await makeFolder();
    await mkdir(join(place, 'bin'));
    await symlink(join(root, 'bin/fapi'), join(place, 'bin/fapi'));
    const run = (command: string, cwd = place): Promise<{ stdout: string; stderr: string }> => promisify(execFile)('/bin/sh', ['-c', command], { cwd, env: { HOME: place, PATH: `${dirname(process.execPath)}:${join(place, 'bin')}:${process.env['PATH']}` } });
    expect((await run(`${call} init hello`)).stderr).toBe(`next: cd hello && ${named} dev --deploy\n`);
    expect((await run(`${named} version`, join(place, 'hello'))).stdout).toMatch(/^fapi \d+\.\d+\.\d+\n$/);
  });
});

describe('whom fapi talks to', { timeout: 60_000 }, () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  it('finds a running demo by its data folder: beside the project, upwards or as FAPI_DATA_DIR names it', async () => {
    const { url, operatorKey } = system.server;
    expect(await fapi(['apps'], { env: { FAPI_DATA_DIR: system.dataDir } })).toMatchObject({ code: 0, stderr: `${url} (the demo; key: ${system.dataDir}/operator-key)\nno apps yet: fapi init begins one\n` });
    const clone = await makeFolder({ '.fapi/operator-key': `${operatorKey}\n`, '.fapi/address': `${url}\n`, 'deep/down/x': '' });
    expect(await fapi(['apps', '--json'], { cwd: join(clone, 'deep/down'), env: { FAPI_DATA_DIR: undefined } })).toMatchObject({ code: 0, json: { server: url, apps: [] } });
  });

  it('takes FAPI_URL and FAPI_API_KEY before what fapi.json says, and --server before both', async () => {
    const cwd = await makeFolder({ 'fapi.json': '{"server": "http://127.0.0.1:9"}' });
    const env = { FAPI_API_KEY: system.server.operatorKey };
    expect(await fapi(['apps'], { cwd, env })).toMatchObject({ code: 6, stderr: expect.stringContaining('http://127.0.0.1:9 (fapi.json; key: FAPI_API_KEY)') });
    expect(await fapi(['apps'], { cwd, env: { ...env, FAPI_URL: system.server.url } })).toMatchObject({ code: 0 });
    expect(await fapi(['--server', system.server.url, 'apps'], { cwd, env: { ...env, FAPI_URL: 'http://127.0.0.1:9' } })).toMatchObject({ code: 0, stderr: expect.stringContaining('(--server; key: FAPI_API_KEY)') });
  });

  it('gives the operator key of a data folder to that demo alone', async () => {
    const heard: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      heard.push(request.headers.authorization);
      response.end('{}');
    });
    const asked = await fapi(['apps', '--server', url], { env: { FAPI_DATA_DIR: system.dataDir } });
    expect([asked.code, asked.stderr, heard]).toEqual([3, `fapi: there is no key for ${url}\n  → set FAPI_API_KEY\n`, []]);
  });

  it('sends FAPI_API_KEY to no server that only a project names, wherever the project says it', async () => {
    const env = { FAPI_API_KEY: 'fak_mine', FAPI_DATA_DIR: undefined };
    const project = await makeFolder({ 'fapi.json': '{"app": "app_x", "server": "https://fapi.invalid"}', 'main.py': 'x = 1\n' });
    const hint = 'if it is the server that your key is for, say so beside the key: export FAPI_URL=https://fapi.invalid FAPI_API_KEY=…, or --server https://fapi.invalid';
    for (const args of [['push'], ['status'], ['backup', 'all.gz'], ['deploy', '--force']]) {
      expect(await fapi(args, { cwd: project, env })).toMatchObject({ code: 3, stdout: '', stderr: `fapi: fapi.json names https://fapi.invalid, and FAPI_API_KEY is not sent to a server that only a project names; nothing was sent\n  → ${hint}\n` });
    }
    expect(await fapi(['status', '--json'], { cwd: project, env })).toMatchObject({ code: 3, json: { error: { code: 'key_withheld', hints: [hint] } } });
    // That it is tried there is the permission: nothing answers at this name.
    for (const allowed of [{ args: ['status', '--server', 'https://fapi.invalid'], env }, { args: ['status'], env: { ...env, FAPI_URL: 'https://fapi.invalid' } }]) {
      expect(await fapi([...allowed.args, '--json'], { cwd: project, env: allowed.env })).toMatchObject({ code: 6, json: { error: { code: 'unreachable' } } });
    }
    const withData = await makeFolder({ 'fapi.json': '{"app": "app_x"}', '.fapi/operator-key': 'fok_theirs\n', '.fapi/address': 'https://fapi.invalid\n' });
    expect((await fapi(['status'], { cwd: withData, env: { ...env, FAPI_PORT: '9' } })).stderr).toMatch(/^http:\/\/127\.0\.0\.1:9 \(the demo; key: FAPI_API_KEY\)\n/);
  });

  it('sends FAPI_API_KEY to no path on this machine that only a project names: what listens there may pass it on', async () => {
    const heard: (string | undefined)[] = [];
    const proxy = await listen((request, response) => {
      heard.push(request.headers.authorization);
      response.end('{}');
    });
    const url = `${proxy}/https://fapi.invalid`;
    const env = { FAPI_API_KEY: 'fak_mine', FAPI_DATA_DIR: undefined };
    for (const server of [url, `${new URL(url).origin}/?to=https://fapi.invalid`]) {
      const cwd = await makeFolder({ 'fapi.json': JSON.stringify({ app: 'app_x', server }), 'main.py': '' });
      expect(await fapi(['status'], { cwd, env })).toMatchObject({ code: 3, stderr: expect.stringMatching(/^fapi: fapi\.json names [^\n]+, and FAPI_API_KEY is not sent to a path on this machine that only a project names; nothing was sent\n/) });
    }
    // Nor when the project brings it as the address of a demo.
    const brought = await makeFolder({ 'fapi.json': '{"app": "app_x"}', '.fapi/operator-key': 'fok_theirs\n', '.fapi/address': `${url}\n` });
    expect((await fapi(['status'], { cwd: brought, env: { ...env, FAPI_PORT: '9' } })).stderr).toMatch(/^http:\/\/127\.0\.0\.1:9 \(the demo; key: FAPI_API_KEY\)\n/);
    expect(heard).toEqual([]);
    // Named by its owner it is a server like every other.
    await fapi(['status', '--app', 'app_x'], { env: { ...env, FAPI_URL: url } });
    expect(heard).toContain('Bearer fak_mine');
  });

  it('takes the key of a client from FAPI_API_KEY only: FAPI_OPERATOR_KEY is a setting of the server', async () => {
    expect(await fapi(['apps', '--json'], { env: { FAPI_URL: system.server.url, FAPI_OPERATOR_KEY: system.server.operatorKey } })).toMatchObject({ code: 3, json: { error: { code: 'no_key' } } });
  });

  it.each([
    ['{"server": "https://fapi.example", "apiKey": "x"}', 'what looks like a secret ("apiKey")'],
    ['{"app": "fak_0123456789"}', 'what looks like a secret ("app")'],
    ['{"server": "https://me:word@fapi.example"}', 'holds a name or a password'],
    ['{"sever": "https://fapi.example"}', '"sever", which is not known'],
    ['{"server": "fapi.example"}', 'must be an address such as https://fapi.example'],
    ['[]', 'must hold an object'], ['{', 'is not JSON'],
  ])('refuses the fapi.json %s, and never repeats a secret', async (text, words) => {
    const { code, stderr } = await fapi(['status'], { cwd: await makeFolder({ 'fapi.json': text }), env: { FAPI_API_KEY: 'x'.repeat(20) } });
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(stderr).not.toMatch(/fak_|me:word/);
  });

  it('has an exit code for each kind of trouble, and says the request to an operator', async () => {
    const at = (env: Record<string, string>, ...args: string[]): Promise<Ran> => fapi([...args, '--json'], { env });
    const good = { FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey };
    expect(await at({ ...good, FAPI_API_KEY: 'fak_of_another_place' }, 'apps')).toMatchObject({ code: 3, json: { ok: false, exitCode: 3, error: { code: 'unauthorized', status: 401, requestId: expect.any(String) } } });
    expect(await at({ FAPI_URL: system.server.url }, 'apps')).toMatchObject({ code: 3, json: { error: { code: 'no_key' } } });
    expect(await at(good, 'status', '--app', 'app_none')).toMatchObject({ code: 4, json: { error: { code: 'app_not_found', status: 404 } } });
    expect(await at({ ...good, FAPI_URL: 'http://127.0.0.1:9' }, 'apps')).toMatchObject({ code: 6, json: { error: { code: 'unreachable', message: expect.stringContaining('127.0.0.1:9') } } });
    expect(await at(good, 'status')).toMatchObject({ code: 2, json: { error: { code: 'usage' } } });
    const viewer = (await system.call('/v1/api-keys', { method: 'POST', body: { title: 'looks', role: 'viewer' } })).json.key;
    const cwd = await makeFolder({ 'fapi.json': '{}', 'main.py': 'x = 1\n' });
    expect(await fapi(['push', '--json'], { cwd, env: { ...good, FAPI_API_KEY: viewer } })).toMatchObject({ code: 3, json: { error: { code: 'forbidden', status: 403 } } });
    const key = system.server.operatorKey;
    for (const args of [['apps'], ['status', '--app', 'app_none'], ['version', '--server', system.server.url]]) for (const { stdout, stderr } of [await fapi(args, { env: good }), await fapi([...args, '--json'], { env: good })]) expect(stdout + stderr).not.toContain(key);
    const asPerson = await fapi(['status', '--app', 'app_none'], { env: good });
    expect(asPerson.stderr).toMatch(/fapi: There is no such app\n {2}→ fapi apps lists .*\n {2}request [\w-]+\n$/);
  });

  it('knows the page of a proxy from an answer', async () => {
    const FAPI_URL = await listen((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Please sign in</h1>'));
    const env = { FAPI_URL, FAPI_API_KEY: 'k'.repeat(20) };
    expect(await fapi(['apps'], { env })).toMatchObject({ code: 6, stderr: expect.stringContaining('a proxy or a login page may stand between') });
    const cwd = await makeFolder();
    expect(await fapi(['backup', 'b.gz'], { cwd, env })).toMatchObject({ code: 6 });
    expect(await read(cwd)).toEqual({});
  });

  it('replaces no backup unless it is told to, also one that was written while it waited', async () => {
    const cwd = await makeFolder({ 'old.gz': 'old' });
    const FAPI_URL = await listen((_, response) => {
      // Somebody else is done first.
      void writeFile(join(cwd, 'new.gz'), 'theirs').then(() => response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': '4' }).end('ours'));
    });
    const env = { FAPI_URL, FAPI_API_KEY: 'k'.repeat(20) };
    for (const name of ['old.gz', 'new.gz']) expect(await fapi(['backup', name, '--json'], { cwd, env })).toMatchObject({ code: 5, json: { error: { code: 'file_exists', hints: ['choose another name, or --force'] } } });
    expect(await read(cwd)).toEqual({ 'old.gz': 'old', 'new.gz': 'theirs' });
    expect(await fapi(['backup', 'old.gz', '--force'], { cwd, env })).toMatchObject({ code: 0 });
    expect((await read(cwd))['old.gz']).toBe('ours');
  });

  it('is quiet when who reads leaves first', async () => {
    const piped = await new Promise<{ error: unknown; stderr: string }>((resolve) => execFile('/bin/sh', ['-c', '{ "$NODE" "$FAPI" help; echo "exit $?" >&2; } | head -c 1'], { env: { PATH: process.env['PATH'], NODE: process.execPath, FAPI: program } }, (error, _, stderr) => resolve({ error, stderr })));
    expect(piped).toEqual({ error: null, stderr: 'exit 0\n' });
  });
});
