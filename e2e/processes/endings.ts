import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@fapi/sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { layDatabase } from '../../tools/parts/database.ts';
import { root } from '../../tools/parts/paths.ts';
import { until } from '../visit.ts';
import { makeMark, type Mark } from './marked.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** How a person ends the demo. */
export const endings = ['Ctrl-C', 'Ctrl-C, pressed three times', 'the end of the terminal', 'SIGTERM to npm', 'SIGINT to npm alone'] as const;
export type Ending = (typeof endings)[number];

/** Moments by what exists by then, so that the same ones are met on every machine. */
const existsBy = {
  'the first of our programs runs': 'tools/run.mjs demo', 'the site is started': 'demo-site/src/main.ts', 'the agent is started': 'fapi_runner agent', 'the zygote is started': 'fapi_runner zygote', 'the gateway is started': 'gateway/main.ts',
} as const;
export type Moment = keyof typeof existsBy;
export const startMoments = Object.keys(existsBy) as Moment[];

export interface EndingCases { served: readonly Ending[]; deploying: readonly Ending[]; starting: readonly (readonly [Ending, Moment])[] }

const ready = 'Ctrl-C ends it';
const slow = 'import time\nfrom fastapi import FastAPI\n\ntime.sleep(20)\napp = FastAPI()\n';
const hello = 'from fastapi import FastAPI\n\napp = FastAPI()\n';

/** `npm run demo` as a person types it, in a terminal, ended in the given ways: no process may be left. */
export function tellEndings({ served, deploying, starting }: EndingCases): void {
  let dataDir: string;
  let mark: Mark;
  let terminal: Terminal;

  const start = (): Terminal => openTerminal('npm', ['run', 'demo'], { cwd: root, env: { ...process.env, PATH: mark.path, FAPI_DATA_DIR: dataDir, FAPI_PORT: '0', FAPI_GATEWAY_PORT: '0' } });
  const commands = async (): Promise<string> => (await mark.alive()).map(({ command }) => command).filter((command) => !command.includes('terminal.py')).join('\n');
  const nothingIsLeft = async () => {
    await until(() => mark.alive(), (processes) => processes.length === 0, 20_000);
    expect(terminal.shown()).not.toMatch(/Error|\n\s+at /);
  };
  const connect = async () => createClient({ baseUrl: /http:\/\/127\.0\.0\.1:\d+/.exec(terminal.shown())![0], apiKey: (await readFile(join(dataDir, 'operator-key'), 'utf8')).trim() });
  const end = async (how: Ending): Promise<void> => {
    if (how === 'the end of the terminal') return terminal.close();
    if (how === 'Ctrl-C') return terminal.ctrlC();
    if (how === 'Ctrl-C, pressed three times') return [1, 2, 3].forEach(() => terminal.ctrlC());
    const npm = (await mark.alive()).find(({ command }) => command.startsWith('npm '));
    process.kill(npm!.pid, how === 'SIGTERM to npm' ? 'SIGTERM' : 'SIGINT');
  };

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fapi-'));
    mark = makeMark();
  });
  afterEach(async () => {
    for (const { pid } of await mark.alive()) process.kill(pid, 'SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each(served)('leaves no process after %s while an app is served', async (how) => {
    await layDatabase(dataDir);
    terminal = start();
    await terminal.shows(ready);
    const client = await connect();
    const app = await client.apps.create({ title: 'Served', files: [{ path: 'main.py', content: hello }] });
    expect(await client.deployments.untilSettled(await client.deployments.create(app.id, { draftVersion: app.draftVersion }))).toMatchObject({ status: 'live' });
    client.close();
    for (const part of Object.values(existsBy)) expect(await commands()).toContain(part);
    await end(how);
    await nothingIsLeft();
  });

  it.each(deploying)('leaves no process after %s in the middle of a deploy', async (how) => {
    await layDatabase(dataDir);
    terminal = start();
    await terminal.shows(ready);
    const client = await connect();
    const app = await client.apps.create({ title: 'Slow', files: [{ path: 'main.py', content: slow }] });
    const deployment = await client.deployments.create(app.id, { draftVersion: app.draftVersion });
    await until(() => client.deployments.read(app.id, deployment.id), ({ status }) => status === 'preparing');
    client.close();
    await end(how);
    await nothingIsLeft();
  });

  it.each(starting)('leaves no process after %s as soon as %s', async (how, moment) => {
    terminal = start();
    await until(commands, (text) => text.includes(existsBy[moment]));
    await end(how);
    await nothingIsLeft();
  });

  it('starts again on the same folder after Ctrl-C, with what was there', async () => {
    await layDatabase(dataDir);
    terminal = start();
    await terminal.shows(ready);
    const first = await connect();
    const app = await first.apps.create({ title: 'Kept', files: [{ path: 'main.py', content: hello }] });
    first.close();
    terminal.ctrlC();
    expect(await terminal.ended).toBe(0);
    terminal = start();
    await terminal.shows(ready);
    const second = await connect();
    expect((await second.apps.read(app.id)).title).toBe('Kept');
    second.close();
    terminal.ctrlC();
    await nothingIsLeft();
  });
}
