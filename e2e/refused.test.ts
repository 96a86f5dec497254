import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layDatabase } from '../tools/parts/database.ts';
import { root } from '../tools/parts/paths.ts';
import { type Clone, cloneCheckout, type CloneOptions } from './processes/clone.ts';
import { makeMark, type Mark } from './processes/marked.ts';
import { expectOneSentence, type Outcome, runToEnd } from './processes/outcome.ts';
import { openTerminal } from './processes/terminal.ts';
import { until } from './visit.ts';

describe('a demo that cannot start', () => {
  let folder: string;
  let mark: Mark;

  const demo = (environment: Record<string, string>, cwd = root): Promise<Outcome> =>
    runToEnd(process.execPath, [join(cwd, 'tools/run.mjs'), 'demo'], { cwd, env: { ...process.env, PATH: mark.path, FAPI_DATA_DIR: join(folder, 'data'), FAPI_PORT: '0', FAPI_GATEWAY_PORT: '0', npm_execpath: '', ...environment } });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fapi-'));
    mark = makeMark();
  });
  afterEach(async () => {
    const left = await mark.alive();
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
    expect(left).toEqual([]);
  });

  it.each(['FAPI_PORT', 'FAPI_GATEWAY_PORT'])('says which port is in use and how to choose another: %s', async (name) => {
    await layDatabase(join(folder, 'data'));
    const holder = createServer();
    holder.listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    expectOneSentence(await demo({ [name]: String(port) }), new RegExp(`Port ${port}.* in use.*${name}`));
    holder.close();
  });

  it.each([['FAPI_PORT', 'many'], ['FAPI_GATEWAY_PORT', '70000'], ['FAPI_LOG_LEVEL', 'loud'], ['FAPI_KEEP_RUNNERS', 'yes']])('names a setting that is wrong: %s=%s', async (name, value) => {
    expectOneSentence(await demo({ [name]: value }), new RegExp(`${name} is "${value}"`));
  });

  it('hands its gateway what is the gateway\'s, and says what that says of it', async () => {
    await layDatabase(join(folder, 'data'));
    const { code, stderr } = await demo({ FAPI_GATEWAY_HOLD_MS: 'soon' });
    expect([code, stderr.trim().split('\n').slice(1)]).toEqual([1, ['FAPI_GATEWAY_HOLD_MS is "soon": set it to a whole number from 0 to 600000.']]);
  });

  it('says that another demo uses the data folder, and leaves that one alone', async () => {
    await layDatabase(join(folder, 'data'));
    const environment = { ...process.env, PATH: mark.path, FAPI_DATA_DIR: join(folder, 'data'), FAPI_PORT: '0', FAPI_GATEWAY_PORT: '0' };
    const first = openTerminal(process.execPath, [join(root, 'tools/run.mjs'), 'demo'], { cwd: root, env: environment });
    await first.shows('Ctrl-C ends it');
    const before = (await mark.alive()).map(({ pid }) => pid).toSorted();
    expectOneSentence(await demo({}), /in use by process \d+.*FAPI_DATA_DIR/);
    expect((await mark.alive()).map(({ pid }) => pid).toSorted()).toEqual(before);
    first.ctrlC();
    expect(await first.ended).toBe(0);
    await until(() => mark.alive(), (processes) => processes.length === 0);
  });

  it('says that the data folder cannot be written: a file or a dead link in its way, and no right to it', async () => {
    await writeFile(join(folder, 'file'), '');
    await symlink(join(folder, 'gone'), join(folder, 'link'));
    for (const dataDir of [join(folder, 'file'), join(folder, 'file/data'), join(folder, 'link')]) expectOneSentence(await demo({ FAPI_DATA_DIR: dataDir }), /cannot be written.*FAPI_DATA_DIR/);
    await mkdir(join(folder, 'closed'), { mode: 0o500 });
    // Root may write anywhere.
    if (process.getuid?.() !== 0) expectOneSentence(await demo({ FAPI_DATA_DIR: join(folder, 'closed') }), /cannot be written \(EACCES\)/);
  });

  it('says that the path of the data folder is too long for sockets', async () => {
    expectOneSentence(await demo({ FAPI_DATA_DIR: join(folder, 'x'.repeat(90)) }), /FAPI_DATA_DIR.*too long.*at most \d+ bytes/);
  });

  describe('on a clone that is not set up', () => {
    let clone: Clone | undefined;
    const make = async (options: CloneOptions): Promise<Clone> => (clone = await cloneCheckout(options));
    /** A program that stands where a real one is looked for. */
    const script = async (name: string, text: string): Promise<string> => {
      const file = join(folder, name);
      await writeFile(file, `#!/bin/sh\n${text}\n`);
      await chmod(file, 0o755);
      return file;
    };
    afterEach(() => clone?.remove());

    it.each([
      ['is too old', 'echo "3 10 $0"'], ['is no Python', 'echo hello'], ['breaks', 'exit 1'],
    ])('says so when the Python that was named %s', async (_, text) => {
      const { root: cwd } = await make({ packages: true, python: false });
      expectOneSentence(await demo({ FAPI_PYTHON_BASE: await script('python3', text) }, cwd), /FAPI_PYTHON_BASE names .*not a Python 3\.11 or newer/);
    });

    it('says so when there is no Python', async () => {
      const { root: cwd } = await make({ packages: true, python: false });
      expectOneSentence(await demo({ PATH: `${folder}:${mark.path.split(':').at(-1)}`, FAPI_PYTHON_BASE: '' }, cwd), /needs Python 3\.11 or newer and found none on PATH: install it/);
    });

    it('says so when Python has no venv module and it cannot be installed', async () => {
      const { root: cwd } = await make({ packages: true, python: false });
      const python = await script('python3', 'if [ "$1" = -c ]; then echo "3 11 $0"; else echo "$0: No module named venv" >&2; exit 1; fi');
      await script('apt-get', 'echo "E: Unable to locate package python3-venv" >&2; exit 100');
      expectOneSentence(await demo({ FAPI_PYTHON_BASE: python, PATH: `${folder}:${mark.path}` }, cwd), /no venv module.*: install it \(.*python3-venv\)/);
    });

    it('says so when the Python packages cannot be fetched, and does not take the rest for an environment', async () => {
      const { root: cwd, path } = await make({ packages: true, python: false });
      const offline = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_EXTRA_INDEX_URL: '', PIP_RETRIES: '0', PIP_NO_CACHE_DIR: '1', PIP_CONFIG_FILE: '/dev/null', PIP_FIND_LINKS: '' };
      expectOneSentence(await demo(offline, cwd), /package index cannot be reached.*: connect to a network/);
      expect(await readdir(path('.cache'))).not.toContain('stamps');
    });

    it('says so when the packages of Node cannot be fetched', async () => {
      const { root: cwd, path } = await make({ packages: false, python: false });
      const outcome = await demo({ npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: join(folder, 'npm'), npm_config_fetch_retries: '0' }, cwd);
      expectOneSentence({ ...outcome, stderr: outcome.stderr.replace(/^Installing packages .*\n/, '') }, /package registry cannot be reached: connect to a network/);
      expect(await readdir(path('.')).then((names) => names.includes('node_modules') ? readdir(path('node_modules')) : [])).not.toContain('.fapi-lock');
    });

    it('leaves no process when it is ended in the middle of the build, and builds again the next time', async () => {
      const { root: cwd, path } = await make({ packages: true, python: true });
      const start = () => openTerminal(process.execPath, [join(cwd, 'tools/run.mjs'), 'demo'], { cwd, env: { ...process.env, PATH: mark.path, FAPI_DATA_DIR: join(folder, 'data'), FAPI_PORT: '0', FAPI_GATEWAY_PORT: '0' } });
      for (const how of ['ctrlC', 'close'] as const) {
        const terminal = start();
        await until(() => mark.alive(), (processes) => processes.some(({ command }) => command.includes('tsup')));
        terminal[how]();
        await until(() => mark.alive(), (processes) => processes.length === 0);
        expect(await readdir(path('.cache/stamps'))).toEqual(['python']);
      }
      const terminal = start();
      await terminal.shows('Ctrl-C ends it');
      terminal.ctrlC();
      await until(() => mark.alive(), (processes) => processes.length === 0);
    });
  });
});
