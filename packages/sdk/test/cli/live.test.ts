import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { takeRunnerSeat, type RunnerSeat } from '../../../server/test/parts/runner-seat.ts';
import { makeStatus, startSystem, type System, until, watchSpecs } from '../../../server/test/parts/system.ts';
import { freePort } from '../../../../tools/parts/port.ts';
import { root } from '../../../../tools/parts/paths.ts';
import { buildFapi, makeFolder, type Ran, read, runFapi, startFapi, write } from './fapi.ts';
import { JsonLine } from './json.ts';

let program: string;
let system: System;
let seat: RunnerSeat;
let specs: ReturnType<typeof watchSpecs>;
let env: Record<string, string>;
const fapi = (cwd: string, ...args: string[]): Promise<Ran> => runFapi(program, args, { cwd, env });
beforeAll(async () => {
  program = await buildFapi();
  system = await startSystem({ FAPI_PORT: String(await freePort()) });
  seat = takeRunnerSeat(system.bus);
  specs = watchSpecs(system.bus);
  env = { FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey };
}, 120_000);
afterAll(async () => {
  specs.stop();
  await seat.leave();
  await system.stop();
});

async function begin(): Promise<{ folder: string; app: string }> {
  const folder = await makeFolder({ 'fapi.json': '{}', 'main.py': 'x = 1\n' });
  return { folder, app: (await fapi(folder, 'push', '--json')).json.app };
}
/** The test in the controller's place: what is asked for next ends so. */
async function play(app: string, after: number, phase: 'live' | 'failed', more: Parameters<typeof makeStatus>[4] = {}): Promise<void> {
  const { generation } = await until(() => specs.of(app)!, (spec) => spec !== undefined && spec.generation > after);
  await system.bus.statuses.publish(makeStatus(app, generation, phase, phase === 'live' ? 'live' : 'starting', more));
}
/** Every line is what is promised. */
function expectPromised({ stdout, stderr }: Ran): void {
  expect(stderr).toBe('');
  for (const line of stdout.trim().split('\n')) {
    const parsed = z.safeParse(JsonLine, JSON.parse(line));
    expect(parsed.success ? undefined : `${line.slice(0, 300)}\n${z.prettifyError(parsed.error)}`).toBeUndefined();
  }
}

describe('fapi deploy', { timeout: 60_000 }, () => {
  it('pushes, deploys, shows each stage with its time, and prints the address as the only result', async () => {
    const { folder, app } = await begin();
    await write(folder, { 'main.py': 'x = 2\n' });
    const [ran] = await Promise.all([fapi(folder, 'deploy', '-m', 'the first'), play(app, 0, 'live')]);
    const { url } = (await system.call(`/v1/apps/${app}`)).json;
    expect([ran.code, ran.stdout]).toEqual([0, `${url}\n`]);
    expect(ran.stderr.replaceAll(/^(✓ queued).*$/gm, '$1').split('\n')).toEqual([
      `${system.server.url} (FAPI_URL; key: FAPI_API_KEY)`, 'pushed version 2: 1 file put',
      '✓ queued', '✓ validating    1.0 s', '✓ preparing     1.0 s', '✓ starting      1.0 s', '✓ verifying     1.0 s', expect.stringMatching(/^live [0-9a-f]{12}$/), '',
    ]);
    const status = await fapi(folder, 'status');
    expect(status.stdout).toMatch(/health {5}running\nfreshness {2}up to date\nrollout {4}idle\ndraft {6}version 2\nhere {7}nothing to push\n {2}1 {2}[0-9a-f]{12} {2}live {2}the first\n/);
  });

  it('says how it failed, with its frames, its last output and what may help, and exits with 1', async () => {
    const { folder, app } = await begin();
    const failure = { phase: 'startup', class: 'startup', type: 'ValueError', message: 'no table \u001b[31m', frames: [{ file: 'main.py', line: 12, function: 'start', source: '    raise ValueError("no table")' }], output: ['creating tables ...'], hint: 'Create the table first.' } as const;
    const [ran] = await Promise.all([fapi(folder, 'deploy'), play(app, 0, 'failed', { reason: 'startup_failed', message: 'It did not start.', failure: { ...failure, frames: [...failure.frames], output: [...failure.output] } })]);
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr.replaceAll(/^(✓ queued|✗ starting).*$/gm, '$1').split('\n').slice(2)).toEqual([
      '✓ queued', '✓ validating    1.0 s', '✓ preparing     1.0 s', '✗ starting', 'failed: startup failed (It did not start.)',
      '  ValueError: no table \\x1b[31m', '    main.py:12 in start', '      raise ValueError("no table")', '  last output:', '    creating tables ...', '  hint: Create the table first.', 'what was live before still serves', '',
    ]);
  });

  it('says each step as a JSON line, and the result as the last one', async () => {
    const { folder, app } = await begin();
    const [ran] = await Promise.all([fapi(folder, 'deploy', '--json'), play(app, 0, 'live')]);
    expectPromised(ran);
    expect(ran.lines.at(-1)).toMatchObject({ type: 'result', ok: true, exitCode: 0, app, deployment: { status: 'live' } });
    expect(new Set(ran.lines.slice(0, -1).map(({ type }) => type))).toEqual(new Set(['deployment']));
  });

  it('is left by Ctrl-C with 130; the deployment goes on', async () => {
    const { folder, app } = await begin();
    const running = startFapi(program, ['deploy'], { cwd: folder, env });
    await until(() => specs.of(app), (spec) => spec !== undefined);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([130, expect.stringContaining('the deployment goes on without us')]);
    await play(app, 0, 'live');
    expect((await until(() => system.call(`/v1/apps/${app}`), ({ json }) => json.rollout === 'idle')).json.live.status).toBe('live');
  });

  it('says what to revert to where no revision has proved good', async () => {
    const { folder, app } = await begin();
    await Promise.all([fapi(folder, 'deploy'), play(app, 0, 'failed', { reason: 'startup_failed' })]);
    await write(folder, { 'main.py': 'x = 3\n' });
    await Promise.all([fapi(folder, 'deploy'), play(app, 1, 'live')]);
    expect(await fapi(folder, 'revert')).toMatchObject({ code: 5, stderr: expect.stringMatching(/last good is what was live for 30 s, or until a person replaced it, and is not live now\n {2}→ fapi revert 1 makes revision 1 live; fapi status lists them\n/) });
  });

  it('reverts to the last good one, to a number and to the beginning of a digest; else says that there is none', async () => {
    const { folder, app } = await begin();
    await Promise.all([fapi(folder, 'deploy'), play(app, 0, 'live')]);
    const none = await fapi(folder, 'revert', '--json');
    expectPromised(none);
    expect(none).toMatchObject({ code: 5, json: { error: { code: 'no_last_good', status: 409, hints: ['there is no other revision: change the code and fapi deploy'] } } });
    await write(folder, { 'main.py': 'x = 3\n' });
    await Promise.all([fapi(folder, 'deploy'), play(app, 1, 'live')]);
    const [last] = await Promise.all([fapi(folder, 'revert', '-m', 'worse', '--json'), play(app, 2, 'live')]);
    expectPromised(last);
    expect(last.json).toMatchObject({ ok: true, deployment: { trigger: 'revert', comment: 'worse' } });
    const { revisions } = (await fapi(folder, 'status', '--json')).json;
    expect(revisions.map(({ number, isLive }: { number: number; isLive: boolean }) => [number, isLive])).toEqual([[2, false], [1, true]]);
    const [numbered] = await Promise.all([fapi(folder, 'revert', '2'), play(app, 3, 'live')]);
    expect(numbered.code).toBe(0);
    const [cut] = await Promise.all([fapi(folder, 'revert', revisions[1].digest.slice(7, 17)), play(app, 4, 'live')]);
    expect(cut.code).toBe(0);
    expect([(await fapi(folder, 'revert', '99')).code, (await fapi(folder, 'revert', 'best')).code]).toEqual([4, 2]);
  });
});

describe('fapi, besides', { timeout: 60_000 }, () => {
  it('keeps its promise about JSON in every command', async () => {
    const { folder, app } = await begin();
    await Promise.all([fapi(folder, 'deploy'), play(app, 0, 'live')]);
    const place = await makeFolder();
    const runs = [
      await fapi(place, 'init', 'new', '--json'), await fapi(folder, 'push', '--json'), await fapi(place, 'pull', app, 'pulled', '--json'), await fapi(folder, 'validate', '--json'), await fapi(folder, 'test', '--json'),
      await fapi(folder, 'logs', '--json'), await fapi(folder, 'open', '--json'), await fapi(folder, 'status', '--json'), await fapi(place, 'apps', '--json'), await fapi(place, 'backup', 'all.gz', '--json'),
      await fapi(place, 'version', '--server', system.server.url, '--json'), await fapi(place, 'help', '--json'), await fapi(folder, 'clone', '--title', 'Copy', '--json'),
    ];
    for (const ran of runs) expectPromised(ran);
    expect(runs.map(({ code, json }) => [json.command, code, json.ok])).toEqual(['init', 'push', 'pull', 'validate', 'test', 'logs', 'open', 'status', 'apps', 'backup', 'version', 'help', 'clone'].map((name) => [name, 0, true]));
    expect(runs.at(-1)!.json.title).toBe('Copy');
    expect((await readFile(join(place, 'all.gz'))).length).toBe(runs[9]!.json.bytes);
    expect(await fapi(place, 'backup', 'all.gz')).toMatchObject({ code: 5, stderr: expect.stringContaining('is there already') });
    expect(await fapi(place, 'backup', 'nowhere/all.gz', '--json')).toMatchObject({ code: 1, json: { error: { code: 'file_error', message: expect.stringMatching(/nowhere\/all\.gz\.part cannot be used: there is no such file or folder$/) } } });
  });

  it('checks and tests what is in the folder, and saves nothing', async () => {
    const { folder, app } = await begin();
    await write(folder, { 'main.py': 'x = 5\n', 'tests/test_x.py': 'def test_x():\n    pass\n' });
    expect((await fapi(folder, 'validate')).stdout).toContain('no findings');
    expect(await fapi(folder, 'test', 'tests/test_x.py::test_x')).toMatchObject({ code: 0, stdout: expect.stringContaining('1 passed, 0 failed, 0 skipped') });
    const asked = seat.calls.filter((call) => 'appId' in call && call.appId === app);
    expect(asked.map(({ kind }) => kind)).toEqual(['validate', 'test']);
    expect((await system.call(`/v1/apps/${app}/draft`)).json).toMatchObject({ version: 1, files: [{ path: 'main.py', content: 'x = 1\n' }] });
  });

  it('checks a project of which no app is made yet, and makes none', async () => {
    const folder = await makeFolder({ 'fapi.json': '{}', 'main.py': 'x = 1\n', 'lib/y.py': 'y = 2\n' });
    const before = [(await system.call('/v1/apps')).json.items.length, seat.calls.length];
    const ran = await fapi(folder, 'validate');
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, expect.stringContaining('no findings; not imported, as no app is made yet'), expect.not.stringContaining('no findings')]);
    const told = await fapi(folder, 'validate', '--json');
    expectPromised(told);
    expect(told.json).toMatchObject({ ok: true, findings: [] });
    expect([(await system.call('/v1/apps')).json.items.length, seat.calls.length]).toEqual([before[0], before[1]! + 2]);
    expect(seat.calls.at(-1)).toEqual({ schema: 1, kind: 'validate', appId: 'workspace:default', host: '', revision: expect.stringMatching(/^sha256:/), bundleSha256: expect.any(String), envVersion: 0 });
    expect(await read(folder)).toEqual({ 'fapi.json': '{}', 'main.py': 'x = 1\n', 'lib/y.py': 'y = 2\n' });
  });

  it('backs up what a server keeps, and restores it into an empty place by the program of the clone', async () => {
    const { app } = await begin();
    const place = await makeFolder({ 'empty.gz': '' });
    expect((await fapi(place, 'backup', 'all.gz')).code).toBe(0);
    const restore = (file: string): Promise<Ran> => runFapi(program, ['restore', join(place, file), '--json'], { cwd: root, env: { FAPI_DATA_DIR: join(place, 'data') } });
    const restored = await restore('all.gz');
    expectPromised(restored);
    expect([restored.code, restored.json.message]).toEqual([0, expect.stringMatching(/^\d+ rows of \d+ tables, as of .*, are restored\./)]);
    const second = await startSystem({ FAPI_DATA_DIR: join(place, 'data') });
    expect((await second.call(`/v1/apps/${app}`).finally(() => second.stop())).json.id).toBe(app);
    expect([await restore('empty.gz'), await restore('none.gz')]).toMatchObject([{ code: 1, json: { error: { code: 'restore_failed' } } }, { code: 4, json: { error: { code: 'file_not_found' } } }]);
  });

  it('dev says what it does as JSON lines, ends by Ctrl-C with 130 and by SIGTERM with 143', async () => {
    const { folder, app } = await begin();
    const dev = startFapi(program, ['dev', '--json'], { cwd: folder, env });
    await dev.shows('"validation","version":1');
    await write(folder, { 'main.py': 'x = 2\n', 'sub/y.py': 'y = 1\n' });
    await until(() => system.call(`/v1/apps/${app}/draft`), ({ json }) => json.files.length === 2);
    await write(folder, { 'aux.py': 'x = 1\n' });
    await dev.shows('"trouble"');
    dev.child.kill('SIGINT');
    const ran = await dev.ended;
    expectPromised(ran);
    expect(new Set(ran.lines.map(({ type }) => type))).toEqual(new Set(['pushed', 'validation', 'trouble', 'result']));
    expect([ran.code, ran.json]).toEqual([130, { type: 'result', ok: false, command: 'dev', exitCode: 130, server: system.server.url, error: { code: 'interrupted', message: 'interrupted', exitCode: 130 } }]);
    const following = startFapi(program, ['logs', '-f'], { cwd: folder, env });
    await following.shows(system.server.url);
    following.child.kill('SIGTERM');
    expect((await following.ended).code).toBe(143);
  });

  it('prints as many lines of one stream as are asked for, whatever the others print', async () => {
    const { folder, app } = await begin();
    const at = new Date(Date.UTC(2026, 0, 1, 12)).toISOString();
    const lines = Array.from({ length: 60 }, (_, index) => ({ seq: index + 1, at, stream: index % 20 === 0 ? ('stderr' as const) : ('stdout' as const), generation: 1, text: `line ${index}` }));
    system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId: app, lines, dropped: 0 } });
    await until(() => fapi(folder, 'logs'), ({ stdout }) => stdout.includes('line 59'));
    const expected = '12:00:00.000 line 20\n12:00:00.000 line 40\n';
    expect((await fapi(folder, 'logs', '-n', '2', '--stream', 'stderr')).stdout).toBe(expected);
    const following = startFapi(program, ['logs', '-f', '-n', '2', '--stream', 'stderr'], { cwd: folder, env });
    await following.shows('line 40');
    system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId: app, lines: [{ seq: 61, at, stream: 'stdout', generation: 1, text: 'besides' }, { seq: 62, at, stream: 'stderr', generation: 1, text: 'new' }], dropped: 0 } });
    await following.shows('new');
    following.child.kill('SIGINT');
    expect((await following.ended).stdout).toBe(`${expected}12:00:00.000 new\n`);
  });

  it('prints log lines as they are, follows them over a restart of the server without a gap, and ends by Ctrl-C', async () => {
    const { folder, app } = await begin();
    await Promise.all([fapi(folder, 'deploy'), play(app, 0, 'live')]);
    let seq = 0;
    const say = (text: string): void => system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId: app, lines: [{ seq: (seq += 1), at: new Date(Date.UTC(2026, 0, 1, 12, 0, seq)).toISOString(), stream: 'stdout', generation: 1, text }], dropped: 0 } });
    say('one \u001b[31mred\u001b[0m \u0007');
    await until(() => fapi(folder, 'logs'), ({ stdout }) => stdout.includes('one'));
    expect((await fapi(folder, 'logs')).stdout).toContain('12:00:01.000 one red \\x07\n');
    const following = startFapi(program, ['logs', '-f', '-n', '1'], { cwd: folder, env: { ...env } });
    await following.shows('12:00:01.000');
    say('two');
    await following.shows('two');
    await system.restart();
    say('three');
    await following.shows('three');
    following.child.kill('SIGINT');
    const { code, stdout } = await following.ended;
    expect([code, stdout]).toEqual([130, '12:00:01.000 one red \\x07\n12:00:02.000 two\n12:00:03.000 three\n']);
    const lines = await fapi(folder, 'logs', '--json');
    expectPromised(lines);
    expect(lines.lines.map(({ type, text }) => [type, text]).slice(0, 2)).toEqual([['log', 'one \u001b[31mred\u001b[0m \u0007'], ['log', 'two']]);
  });
});
