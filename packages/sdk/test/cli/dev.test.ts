import { spawnSync } from 'node:child_process';
import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { takeRunnerSeat, type RunnerSeat } from '../../../server/test/parts/runner-seat.ts';
import { makeStatus, startSystem, type System, until, watchSpecs } from '../../../server/test/parts/system.ts';
import { startGate } from '../gate.ts';
import { buildFapi, makeFolder, type Running, runFapi, startFapi, write } from './fapi.ts';

let program: string;
let system: System;
let seat: RunnerSeat;
let specs: ReturnType<typeof watchSpecs>;
let env: Record<string, string>;
beforeAll(async () => {
  program = await buildFapi();
  system = await startSystem();
  seat = takeRunnerSeat(system.bus);
  specs = watchSpecs(system.bus);
  env = { FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey };
}, 120_000);
afterAll(async () => {
  specs.stop();
  await seat.leave();
  await system.stop();
});

async function begin(more: Record<string, string> = {}): Promise<{ folder: string; app: string }> {
  // A folder above it: what is renamed stays beside it, and goes with the test.
  const folder = join(await makeFolder({ 'project/fapi.json': '{}', 'project/main.py': 'x = 1\n' }), 'project');
  await write(folder, more);
  return { folder, app: (await runFapi(program, ['push', '--json'], { cwd: folder, env })).json.app };
}
const pathsOf = async (app: string): Promise<string[]> => (await system.call(`/v1/apps/${app}/draft`)).json.files.map(({ path }: { path: string }) => path);
/** `fapi` in the process that this line of shell makes of itself. */
const startThrough = (shell: string, cwd: string, ...args: string[]): Running => startFapi('-e', [`process.execve('/bin/sh', ['sh', '-c', ${JSON.stringify(shell)}, process.execPath, ...process.argv.slice(1)])`, program, ...args], { cwd, env });
/** A user namespace has a number of watches of its own. */
const canBound = spawnSync('unshare', ['-Ur', 'sh', '-c', 'echo 9 > /proc/sys/user/max_inotify_watches']).status === 0;

describe('fapi dev', { timeout: 60_000 }, () => {
  it('deploys a save once the server is back that was away when it was to be deployed, and once only', async () => {
    const { folder, app } = await begin();
    const gate = await startGate(system.server.url);
    // As often as one call is tried, the last time after the deployment was made.
    for (let attempt = 0; attempt < 3; attempt++) gate.refuse(/^POST .*\/deployments$/, 'not_ready');
    for (let attempt = 0; attempt < 3; attempt++) gate.lose(/^POST .*\/deployments$/);
    const dev = startFapi(program, ['dev', '--deploy'], { cwd: folder, env: { ...env, FAPI_URL: gate.url } });
    await dev.shows('waiting for');
    const { generation } = await until(() => specs.of(app)!, (spec) => spec !== undefined);
    await system.bus.statuses.publish(makeStatus(app, generation, 'live', 'live'));
    await dev.shows(/live [0-9a-f]{12}/);
    expect((await system.call(`/v1/apps/${app}/deployments`)).json.items).toHaveLength(1);
    expect(dev.stderr().match(/^version 1/gm)).toHaveLength(1);
  });

  it('sees what is saved in a folder that was removed and made again at once', async () => {
    const { folder, app } = await begin({ 'lib/inner/a.py': 'a = 1\n' });
    const dev = startFapi(program, ['dev'], { cwd: folder, env });
    await dev.shows('version 1');
    await rm(join(folder, 'lib'), { recursive: true });
    await write(folder, { 'lib/inner/b.py': 'b = 1\n' });
    await until(() => pathsOf(app), (paths) => paths.includes('lib/inner/b.py'));
    await write(folder, { 'lib/inner/c.py': 'c = 1\n' });
    await until(() => pathsOf(app), (paths) => paths.includes('lib/inner/c.py'));
  });

  it('ends with a sentence when its folder is gone', async () => {
    const { folder } = await begin();
    const dev = startFapi(program, ['dev'], { cwd: folder, env });
    await dev.shows('version 1');
    await rename(folder, `${folder}-elsewhere`);
    expect(await dev.ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/fapi: .*\/project cannot be used: there is no such file or folder\n$/) });
  });

  it('leaves a folder that may not be read unwatched, says so once, and goes on with the others', async () => {
    const { folder, app } = await begin({ 'other/fapi.json': '{}', 'other/closed/a.py': '' });
    await chmod(join(folder, 'other/closed'), 0);
    onTestFinished(() => chmod(join(folder, 'other/closed'), 0o700));
    // For root nothing is closed.
    const dev = startThrough(process.getuid?.() === 0 ? 'exec setpriv --bounding-set=-dac_override,-dac_read_search "$0" "$@"' : 'exec "$0" "$@"', folder, 'dev');
    await dev.shows('not watched: other/closed (it may not be read)');
    for (const name of ['b.py', 'lib/c.py']) {
      await write(folder, { [name]: '' });
      await until(() => pathsOf(app), (paths) => paths.includes(name));
    }
    dev.child.kill('SIGINT');
    const { code, stderr } = await dev.ended;
    expect([code, stderr.match(/not watched/g)]).toEqual([130, ['not watched']]);
  });

  it.skipIf(!canBound)('ends with a sentence when the machine has no more watches for its folders', async () => {
    const { folder } = await begin({ 'a/a.py': '', 'b/b.py': '', 'c/c.py': '' });
    const dev = startThrough(`exec unshare -Ur sh -c 'echo 2 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"' "$0" "$@"`, folder, 'dev');
    await dev.shows('cannot be watched: the machine has no more watches for files and folders');
    expect((await dev.ended).stderr).toContain('fs.inotify.max_user_watches');
  });
});
