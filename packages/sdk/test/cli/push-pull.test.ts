import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FapiClient } from '@fapi/sdk';
import { startSystem, type System } from '../../../server/test/parts/system.ts';
import { listen } from '../listen.ts';
import { client } from '../on-stage.ts';
import { buildFapi, makeFolder, type Ran, read, runFapi, startFapi, type Where, write } from './fapi.ts';

let program: string;
let system: System;
let other: FapiClient;
let env: Record<string, string>;
const fapi = (cwd: string, ...args: string[]): Promise<Ran> => runFapi(program, args, { cwd, env } satisfies Where);
beforeAll(async () => {
  program = await buildFapi();
  system = await startSystem();
  env = { FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey };
}, 120_000);
afterAll(() => system.stop());
beforeEach(() => {
  other = client({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
});

const main = 'a = 1\nb = 2\nc = 3\nd = 4\n';
/** A project that is pushed, and its app. */
async function begin(files: Record<string, string> = { 'main.py': main, 'lib.py': 'x = 1\n' }): Promise<{ folder: string; app: string }> {
  const folder = await makeFolder({ 'fapi.json': '{}', ...files });
  const { code, json, stderr } = await fapi(folder, 'push', '--json');
  expect([code, stderr]).toEqual([0, '']);
  return { folder, app: json.app };
}
/** Somebody else saves in the portal. */
async function saveThere(app: string, put: Record<string, string>, remove: string[] = []): Promise<void> {
  const { version } = await other.drafts.read(app);
  await other.drafts.patch(app, { version, put: Object.entries(put).map(([path, content]) => ({ path, content })), remove });
}
const draftOf = async (app: string): Promise<Record<string, string>> => Object.fromEntries((await other.drafts.read(app)).files.map(({ path, content }) => [path, content]));

describe('fapi push', { timeout: 60_000 }, () => {
  it('makes the app the first time, and names it in fapi.json', async () => {
    const folder = await makeFolder({ 'fapi.json': '{}', 'main.py': main });
    const first = await fapi(folder, 'push', '--title', 'Hello');
    const { app } = JSON.parse(await readFile(join(folder, 'fapi.json'), 'utf8'));
    expect(first).toMatchObject({ code: 0, stderr: `${system.server.url} (FAPI_URL; key: FAPI_API_KEY)\nmade the app ${app} (Hello) from 1 file; fapi.json names it\n` });
    expect(await draftOf(app)).toEqual({ 'main.py': main });
    expect((await fapi(folder, 'push')).stderr).toContain('nothing to push: version 1 is what is here');
  });

  it('sends what changed, and of that only what the app has never had', async () => {
    const { folder, app } = await begin();
    await write(folder, { 'copy.py': main, 'new.py': 'y = 2\n' });
    await rm(join(folder, 'lib.py'));
    expect((await fapi(folder, 'push', '--json')).json).toMatchObject({ ok: true, version: 2, put: ['copy.py', 'new.py'], removed: ['lib.py'], sent: 1 });
    expect(await draftOf(app)).toEqual({ 'main.py': main, 'copy.py': main, 'new.py': 'y = 2\n' });
    await write(folder, { 'lib.py': 'x = 1\n' });
    expect((await fapi(folder, 'push')).stderr).toContain('pushed version 3: 1 file put, 1 known there already\n');
  });

  it('carries what is no text there and back, byte for byte', async () => {
    const { folder, app } = await begin();
    const [logo, font] = [Buffer.from([0x89, 0x50, 0, 0xff]), Buffer.from([0, 1, 2, 3])];
    await writeFile(join(folder, 'logo.png'), logo);
    expect((await fapi(folder, 'push', '--json')).json).toMatchObject({ version: 2, put: ['logo.png'], sent: 1 });
    expect((await other.drafts.read(app)).files).toContainEqual({ path: 'logo.png', content: logo.toString('base64'), encoding: 'base64' });
    expect((await fapi(folder, 'push')).stderr).toContain('nothing to push');
    await other.drafts.patch(app, { version: 2, put: [{ path: 'font.bin', content: font.toString('base64'), encoding: 'base64' }] });
    expect((await fapi(folder, 'pull')).code).toBe(0);
    expect((await readFile(join(folder, 'font.bin'))).equals(font)).toBe(true);
    expect((await fapi(folder, 'push')).stderr).toContain('nothing to push');
  });

  it('names both sides of a conflict and the ways on, with exit 5; --force replaces what is there', async () => {
    const { folder, app } = await begin();
    await saveThere(app, { 'lib.py': 'x = 2\n' });
    await write(folder, { 'main.py': 'z = 0\n' });
    const { code, stderr } = await fapi(folder, 'push');
    expect([code, stderr.split('\n').slice(1, -1)]).toEqual([5, [
      'fapi: operator saved version 2, and the changes here are to version 1', '  changed there: lib.py', '  changed here:  main.py',
      '  → fapi pull --merge takes both together', '  → fapi push --force replaces what is there by what is here',
    ]]);
    expect((await fapi(folder, 'push', '--json')).json).toMatchObject({ ok: false, exitCode: 5, error: { code: 'draft_conflict', conflict: { version: 2, savedBy: 'operator', theirs: ['lib.py'], yours: ['main.py'] } } });
    expect(await draftOf(app)).toEqual({ 'main.py': main, 'lib.py': 'x = 2\n' });
    expect((await fapi(folder, 'push', '--force')).code).toBe(0);
    expect(await draftOf(app)).toEqual({ 'main.py': 'z = 0\n', 'lib.py': 'x = 1\n' });
  });

  it('says who has saved meanwhile where nothing was changed here, and that a pull brings it', async () => {
    const { folder, app } = await begin();
    await saveThere(app, { 'lib.py': 'x = 2\n' });
    expect(await fapi(folder, 'push')).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to push: nothing was changed here since version 1; but operator saved version 2 (lib.py): fapi pull brings it here\n') });
    expect((await fapi(folder, 'push', '--json')).json).toMatchObject({ ok: true, version: 1, put: [], newer: { version: 2, savedBy: 'operator', theirs: ['lib.py'] } });
    expect((await fapi(folder, 'deploy')).code).toBe(5);
    expect((await fapi(folder, 'pull')).code).toBe(0);
    expect((await fapi(folder, 'push')).stderr).toContain('nothing to push: version 2 is what is here\n');
    // Somebody changed it and changed it back.
    await saveThere(app, { 'lib.py': 'x = 3\n' });
    await saveThere(app, { 'lib.py': 'x = 2\n' });
    expect((await fapi(folder, 'push')).stderr).toContain('nothing to push: version 4 is what is here\n');
  });

  it('sends no marks that a merge has left, unless they are meant to be there', async () => {
    const { folder, app } = await begin();
    const marked = 'a = 1\n<<<<<<< here\nb = 22\n||||||| before\nb = 2\n=======\nb = 20\n>>>>>>> version 2 by operator\n';
    await write(folder, { 'main.py': marked, 'notes.md': 'Title\n=======\n\n<<<<<<< is how a merge begins\n' });
    for (const command of ['push', 'deploy']) {
      expect(await fapi(folder, command)).toMatchObject({ code: 5, stderr: expect.stringContaining('fapi: files hold marks of a merge; nothing was sent\n  main.py:2: a merge has left its marks (<<<<<<<) here\n  → decide between the marks and take them out\n  → or, where they are meant to be there, --allow-marks\n') });
    }
    expect((await fapi(folder, 'push', '--force', '--json')).json.error).toMatchObject({ code: 'merge_marks', issues: [{ path: 'main.py:2' }] });
    expect((await draftOf(app))['main.py']).toBe(main);
    const folderOfNew = await makeFolder({ 'fapi.json': '{}', 'main.py': marked });
    expect((await fapi(folderOfNew, 'push', '--json')).json.error.code).toBe('merge_marks');
    expect((await fapi(folder, 'push', '--allow-marks')).code).toBe(0);
    expect((await draftOf(app))['main.py']).toBe(marked);
  });

  it('leaves out a folder that is a project of its own, and a pull writes nothing into it', async () => {
    const { app: inner } = await begin({ 'main.py': 'inner\n' });
    const { folder, app } = await begin();
    expect((await fapi(folder, 'pull', inner, 'sub/inner')).code).toBe(0);
    await write(folder, { 'sub/mine.py': 'm = 1\n' });
    const pushed = await fapi(folder, 'push');
    expect(pushed.stderr).toContain('pushed version 2: 1 file put\nleft out: sub/inner (a folder with a fapi.json is a project of its own)\n');
    expect((await fapi(folder, 'push', '--json')).json).toMatchObject({ put: [], nested: ['sub/inner'] });
    expect(Object.keys(await draftOf(app))).toEqual(['lib.py', 'main.py', 'sub/mine.py']);
    await saveThere(app, { 'sub/inner/main.py': 'outer\n' });
    expect(await fapi(folder, 'pull', '--force')).toMatchObject({ code: 1, stderr: expect.stringContaining('sub/inner is a project of its own here') });
    expect(await readFile(join(folder, 'sub/inner/main.py'), 'utf8')).toBe('inner\n');
  });

  it('takes what somebody else has saved just the same as its own', async () => {
    const { folder, app } = await begin();
    await saveThere(app, { 'main.py': 'same\n' });
    await write(folder, { 'main.py': 'same\n' });
    expect((await fapi(folder, 'push', '--json')).json).toMatchObject({ ok: true, version: 2, sent: 0 });
  });

  it('does not overwrite an app that was never pulled into this folder', async () => {
    const { app } = await begin();
    const clone = await makeFolder({ 'fapi.json': JSON.stringify({ app }), 'main.py': 'other = 1\n' });
    expect(await fapi(clone, 'push')).toMatchObject({ code: 5, stderr: expect.stringContaining('was never pulled from the app') });
    expect((await fapi(clone, 'push', '--force')).code).toBe(0);
    expect(await draftOf(app)).toEqual({ 'main.py': 'other = 1\n' });
  });

  it('leaves out what is no part of the app: our list, .gitignore, .fapiignore and links', async () => {
    const { app, folder } = await begin({
      'main.py': main, '.env': 'SECRET=1\n', '.git/config': '', '__pycache__/main.pyc': 'x', 'node_modules/a/index.js': '', '.venv/lib.py': '', 'a.pyc': 'x',
      '.gitignore': '*.log\nout/\n', 'x.log': '', 'out/x.py': '', 'sub/.fapiignore': 'big.txt\n!kept.log\n', 'sub/big.txt': '', 'sub/kept.log': 'kept\n', 'sub/x.py': 's = 1\n',
    });
    await symlink('/etc/passwd', join(folder, 'passwd.txt'));
    await write(folder, { 'more.py': '' });
    const { json, code } = await fapi(folder, 'push', '--json');
    expect([code, json.links, Object.keys(await draftOf(app))]).toEqual([0, ['passwd.txt'], ['main.py', 'more.py', 'sub/kept.log', 'sub/x.py']]);
  });

  it('refuses what the server would not take before anything is sent, with used and limit', async () => {
    const folder = await makeFolder({ 'fapi.json': '{}', 'main.py': main, 'aux.py': '', 'my notes.txt': '' });
    const { code, json } = await fapi(folder, 'push', '--json');
    expect([code, json.error.code, json.error.issues.map(({ path }: { path: string }) => path)]).toEqual([1, 'files_refused', ['aux.py', 'my notes.txt']]);
    const large = await makeFolder({ 'fapi.json': '{}', 'main.py': main, 'data.csv': 'x'.repeat(5_000_001) });
    expect((await fapi(large, 'push')).stderr).toContain('  too many bytes: 5000025 of at most 5000000\n');
    const many = await makeFolder(Object.fromEntries([['fapi.json', '{}'], ...Array.from({ length: 201 }, (_, index) => [`m${index}.py`, ''])]));
    expect((await fapi(many, 'push', '--json')).json.error.issues).toEqual([{ path: '', message: 'too many files', used: 201, limit: 200 }]);
    expect(system.logs.filter(({ path, method }) => method === 'POST' && path === '/v1/apps').length).toBeGreaterThan(0);
    expect((await other.apps.list({ limit: 100 })).items.filter(({ title }) => [folder, large, many].some((path) => path.endsWith(title)))).toEqual([]);
  });

  it('refuses a folder that is no project', async () => {
    expect(await fapi(await makeFolder({ 'main.py': main }), 'push')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no fapi.json') });
  });
});

describe('fapi pull', { timeout: 90_000 }, () => {
  it('brings an app into a folder of its own, and from there changes go back', async () => {
    const { app } = await begin();
    const place = await makeFolder();
    expect(await fapi(place, 'pull', app, 'here')).toMatchObject({ code: 0, stdout: 'wrote: lib.py, main.py\n' });
    const folder = join(place, 'here');
    expect(await read(folder)).toEqual({ 'fapi.json': `${JSON.stringify({ app, server: system.server.url }, ['server', 'app'], 2)}\n`, 'lib.py': 'x = 1\n', 'main.py': main });
    await write(folder, { 'main.py': 'new\n' });
    expect((await fapi(folder, 'push')).code).toBe(0);
    expect(await draftOf(app)).toEqual({ 'main.py': 'new\n', 'lib.py': 'x = 1\n' });
    expect(await fapi(place, 'pull', 'app_none', 'nowhere')).toMatchObject({ code: 4 });
    expect(existsSync(join(place, 'nowhere'))).toBe(false);
  });

  it('takes their changes, keeps mine, and removes what they removed only if it was unchanged here', async () => {
    const { folder, app } = await begin({ 'main.py': main, 'theirs.py': 'old\n', 'mine.py': 'old\n', 'gone.py': '', 'deep/gone.py': '' });
    await saveThere(app, { 'theirs.py': 'new\n', 'added.py': 'added\n' }, ['gone.py', 'deep/gone.py']);
    await write(folder, { 'mine.py': 'new\n', 'never-pushed.py': 'here\n' });
    expect((await fapi(folder, 'pull', '--json')).json).toMatchObject({ ok: true, version: 2, written: ['added.py', 'theirs.py'], removed: ['deep/gone.py', 'gone.py'], kept: ['mine.py', 'never-pushed.py'] });
    const { 'fapi.json': _, ...files } = await read(folder);
    expect(files).toEqual({ 'added.py': 'added\n', 'main.py': main, 'mine.py': 'new\n', 'never-pushed.py': 'here\n', 'theirs.py': 'new\n' });
    expect(existsSync(join(folder, 'deep'))).toBe(false);
    await saveThere(app, {}, ['mine.py']);
    expect(await fapi(folder, 'pull')).toMatchObject({ code: 5, stderr: expect.stringContaining('mine.py; nothing was written') });
    expect(await readFile(join(folder, 'mine.py'), 'utf8')).toBe('new\n');
  });

  it('refuses to touch what both changed; --merge takes both together, --force what is there', async () => {
    const { folder, app } = await begin();
    await saveThere(app, { 'main.py': main.replace('d = 4', 'd = 40') });
    await write(folder, { 'main.py': main.replace('a = 1', 'a = 10') });
    const refused = await fapi(folder, 'pull', '--json');
    expect([refused.code, refused.json.error.code, refused.json.error.conflict.theirs]).toEqual([5, 'pull_conflict', ['main.py']]);
    expect((await fapi(folder, 'pull', '--merge', '--json')).json).toMatchObject({ ok: true, merged: ['main.py'] });
    expect(await readFile(join(folder, 'main.py'), 'utf8')).toBe('a = 10\nb = 2\nc = 3\nd = 40\n');
    expect((await fapi(folder, 'push')).code).toBe(0);
    await saveThere(app, { 'main.py': 'theirs\n' });
    await write(folder, { 'main.py': 'mine\n' });
    expect((await fapi(folder, 'pull', '--force')).code).toBe(0);
    expect(await readFile(join(folder, 'main.py'), 'utf8')).toBe('theirs\n');
  });

  it('leaves marks where both changed the same lines, and says so with exit 5', async () => {
    const { folder, app } = await begin();
    await saveThere(app, { 'main.py': main.replace('b = 2', 'b = 20') });
    await write(folder, { 'main.py': main.replace('b = 2', 'b = 22') });
    expect(await fapi(folder, 'pull', '--merge')).toMatchObject({ code: 5, stderr: expect.stringContaining('look for <<<<<<< in main.py') });
    expect(await readFile(join(folder, 'main.py'), 'utf8')).toBe('a = 1\n<<<<<<< here\nb = 22\n||||||| before\nb = 2\n=======\nb = 20\n>>>>>>> version 2 by operator\nc = 3\nd = 4\n');
    await write(folder, { 'main.py': main.replace('b = 2', 'b = 42') });
    expect((await fapi(folder, 'push')).code).toBe(0);
    expect((await draftOf(app))['main.py']).toBe(main.replace('b = 2', 'b = 42'));
  });

  it('writes nothing of a draft that leads out of the folder, whatever a server sends', async () => {
    const { app } = await begin();
    for (const path of ['../evil.py', '/tmp/evil.py', 'a/../../evil.py', '.git/hooks/post-checkout', 'a\\b.py']) {
      const FAPI_URL = await listen((request, response) => {
        response.setHeader('content-type', 'application/json');
        const body = { appId: app, version: 9, files: [{ path: 'main.py', content: 'x\n' }, { path, content: 'evil\n' }], savedAt: new Date(0).toISOString(), savedBy: 'eve' };
        response.end(JSON.stringify(request.url!.endsWith('/draft') ? body : {}));
      });
      const folder = await makeFolder({ 'p/fapi.json': JSON.stringify({ app }) });
      const ran = await runFapi(program, ['pull', '--json'], { cwd: join(folder, 'p'), env: { ...env, FAPI_URL } });
      expect([ran.code, ran.json.error.code]).toEqual([1, 'outside_folder']);
      expect(Object.keys(await read(folder))).toEqual(['p/fapi.json']);
    }
  });

  it('never writes through a link, nor over fapi.json', async () => {
    const { folder, app } = await begin();
    const elsewhere = await makeFolder();
    await symlink(elsewhere, join(folder, 'sub'));
    await saveThere(app, { 'sub/evil.py': 'x\n', 'fapi.json': '{"server": "https://evil.example"}' });
    const before = await readFile(join(folder, 'fapi.json'), 'utf8');
    expect(await fapi(folder, 'pull')).toMatchObject({ code: 1, stderr: expect.stringContaining('sub is a link here') });
    await rm(join(folder, 'sub'));
    expect((await fapi(folder, 'pull')).code).toBe(0);
    expect([await read(elsewhere), await readFile(join(folder, 'fapi.json'), 'utf8')]).toEqual([{}, before]);
    expect((await fapi(folder, 'push', '--json')).json).toMatchObject({ ok: true, put: [], removed: [] });
  });

  it('leaves each file old or new when it is killed with -9, and the next command finishes', async () => {
    const [old, fresh] = ['old', 'new'].map((word) => Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}.py`, `${word} ${index}\n`.repeat(2_000)])));
    const { folder, app } = await begin({ ...old!, 'gone.py': 'gone\n' });
    await saveThere(app, fresh!, ['gone.py']);
    const stage = join(folder, '.fapi/incoming');
    const staged = (): number => {
      try {
        return readdirSync(stage, { recursive: true }).length;
      } catch {
        // Not there yet, or moved away while it is read.
        return 0;
      }
    };
    // At different steps of the way: nothing staged, half, the plan, the first moves.
    const moments: (() => boolean)[] = [() => existsSync(stage), () => staged() > 30, () => existsSync(join(stage, 'plan.json')), () => readFileSync(join(folder, 'f0.py'), 'utf8').startsWith('new')];
    const ends: unknown[] = [];
    for (const isNow of moments) {
      const running = startFapi(program, ['pull'], { cwd: folder, env });
      while (running.child.exitCode === null && !isNow()) await new Promise((resolve) => setImmediate(resolve));
      running.child.kill('SIGKILL');
      ends.push((await running.ended).signal);
      const { 'fapi.json': _, 'gone.py': gone = 'gone\n', ...files } = await read(folder);
      expect([gone, Object.keys(files).length]).toEqual(['gone\n', 60]);
      const words = Object.entries(files).map(([path, text]) => (text === old![path] ? 'old' : text === fresh![path] ? 'new' : `half: ${path}`));
      expect(words.filter((word) => word.startsWith('half'))).toEqual([]);
    }
    expect((await fapi(folder, 'status', '--json')).json).toMatchObject({ ok: true });
    expect((await fapi(folder, 'pull')).code).toBe(0);
    const { 'fapi.json': _, ...files } = await read(folder);
    expect(files).toEqual(fresh);
    expect(readdirSync(join(folder, '.fapi')).toSorted()).toEqual(['.gitignore', 'pulled.json']);
    expect(ends).toContain('SIGKILL');
  });

  it('keeps what was changed between the kill and the next command', async () => {
    const { folder, app } = await begin();
    await saveThere(app, { 'main.py': 'new\n', 'lib.py': 'new\n' });
    const { files, version } = await other.drafts.read(app);
    const { createHash } = await import('node:crypto');
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
    // As a kill leaves it right after the plan was written.
    await write(join(folder, '.fapi/incoming'), {
      0: 'new\n', 1: 'new\n', 'pulled.json': JSON.stringify({ app, version, files: Object.fromEntries(files.map(({ path, content }) => [path, hashOf(content)])) }),
      'plan.json': JSON.stringify({ steps: [{ path: 'lib.py', before: hashOf('x = 1\n'), from: '0', after: hashOf('new\n') }, { path: 'main.py', before: hashOf(main), from: '1', after: hashOf('new\n') }] }),
    });
    await write(folder, { 'main.py': 'typed meanwhile\n' });
    expect((await fapi(folder, 'status', '--json')).json).toMatchObject({ unpushed: ['main.py'] });
    expect(await read(folder)).toMatchObject({ 'lib.py': 'new\n', 'main.py': 'typed meanwhile\n' });
  });
});
