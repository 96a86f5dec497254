import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem, type System } from '../../../server/test/parts/system.ts';
import { buildFapi, makeFolder, type Ran, read, runFapi, write } from './fapi.ts';

let program: string;
let system: System;
let env: Record<string, string>;
const fapi = (cwd: string, ...args: string[]): Promise<Ran> => runFapi(program, args, { cwd, env });
beforeAll(async () => {
  program = await buildFapi();
  system = await startSystem();
  env = { FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey };
}, 120_000);
afterAll(() => system.stop());

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const secret = 'what lies beside the project\n';
/** A project that is pushed, and beside it a folder of the user's own. */
async function begin(): Promise<{ folder: string; app: string; beside: string }> {
  const top = await makeFolder({ 'project/fapi.json': '{}', 'project/main.py': 'a = 1\n', 'own/id_key': secret, 'own/incoming/note': secret });
  const folder = join(top, 'project');
  return { folder, beside: join(top, 'own'), app: (await fapi(folder, 'push', '--json')).json.app };
}
const draftOf = async (app: string): Promise<string[]> => (await system.call(`/v1/apps/${app}/draft`)).json.files.map(({ path }: { path: string }) => path);

describe('a folder of ours that somebody else has made', { timeout: 60_000 }, () => {
  it.each(['../../../own/id_key', '../id_key', '0/../../../../own/id_key', 7, ['0']])('moves nothing into the project that the plan names elsewhere: %j', async (from) => {
    const { folder, beside, app } = await begin();
    await write(folder, { '.fapi/incoming/plan.json': JSON.stringify({ steps: [{ path: 'taken.py', before: null, from, after: hashOf(secret) }] }) });
    const ran = await fapi(folder, 'push', '--json');
    expect([ran.code, ran.json.error.code]).toEqual([1, 'state_unreadable']);
    expect(await readFile(join(beside, 'id_key'), 'utf8')).toBe(secret);
    expect(await draftOf(app)).toEqual(['main.py']);
  });

  it.each(['', '{}', '[]', '{"steps":[{}]}', '{"steps":[null]}', '{"steps":[{"path":"a.py","before":null,"from":"0","after":"x"}]}'])('says of a plan that is none of ours which file it is: %s', async (text) => {
    const { folder } = await begin();
    await write(folder, { '.fapi/incoming/plan.json': text, '.fapi/incoming/0': 'x' });
    expect(await fapi(folder, 'pull')).toMatchObject({ code: 1, stderr: expect.stringMatching(/\.fapi\/incoming\/plan\.json is not what fapi has written\n.*delete it/) });
  });

  it('sends nothing that lies behind a link, though it says that it was pulled', async () => {
    const { folder, app, beside } = await begin();
    await symlink(beside, join(folder, 'lib'));
    await write(folder, { '.fapi/pulled.json': JSON.stringify({ app, version: 1, files: { 'main.py': hashOf('a = 1\n'), 'lib/id_key': '0'.repeat(64) } }) });
    await fapi(folder, 'push');
    await fapi(folder, 'push', '--force');
    expect(await draftOf(app)).toEqual(['main.py']);
  });

  it.each(['.fapi', '.fapi/incoming'])('is refused where it is a link (%s): nothing is written or removed behind it', async (path) => {
    const { folder, beside } = await begin();
    const before = await read(beside);
    await rm(join(folder, path), { recursive: true, force: true });
    await symlink(beside, join(folder, path));
    for (const words of [['push'], ['pull'], ['pull', '--force']]) expect(await fapi(folder, ...words)).toMatchObject({ code: 1, stderr: expect.stringContaining('is not what fapi has written') });
    expect(await read(beside)).toEqual(before);
  });

  it.each(['fapi.json', '.fapi/pulled.json', '.fapi/incoming/plan.json', '.fapiignore', '.gitignore'])('does not wait for ever for a pipe in the place of %s', async (path) => {
    const { folder } = await begin();
    await rm(join(folder, path), { force: true });
    await mkdir(join(folder, path, '..'), { recursive: true });
    await promisify(execFile)('mkfifo', [join(folder, path)]);
    const { code, stderr } = await fapi(folder, 'push');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(path.endsWith('ignore') ? 0 : 1);
  });

  // Only who may give files away can play somebody else.
  it.runIf(process.getuid?.() === 0)('further up, with a key, is not the one that is meant', async () => {
    const top = await makeFolder({ '.fapi/operator-key': system.server.operatorKey, '.fapi/address': system.server.url, 'project/main.py': 'a = 1\n', 'project/fapi.json': '{}' });
    const run = (): Promise<Ran> => runFapi(program, ['apps', '--json'], { cwd: join(top, 'project'), env: { FAPI_DATA_DIR: undefined } });
    expect((await run()).code).toBe(0);
    await chown(join(top, '.fapi'), 12_345, 12_345);
    const other = await run();
    expect(other.json).toMatchObject({ ok: false });
    expect(other.json.server ?? '').not.toBe(system.server.url);
    expect(existsSync(join(top, '.fapi'))).toBe(true);
  });
});
