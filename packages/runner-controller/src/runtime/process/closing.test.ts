import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pythonPath, runnerPath } from '../../../../../tools/parts/paths.ts';
import { freePort } from '../../../../../tools/parts/port.ts';
import { makeApp } from '../../test-parts/bundles.ts';
import { openProcessHouse, type ProcessHouse } from '../../test-parts/process-house.ts';
import { until } from '../../test-parts/until.ts';
import { openWishes, startController } from '../../test-parts/wishes.ts';
import { ProcessStartError } from './start-error.ts';
import { readStartTicks } from '../../program/start-ticks.ts';
import { findProgram } from './state-file.ts';

let house: ProcessHouse;
beforeEach(async () => {
  house = await openProcessHouse();
});
afterEach(() => house?.close());

const word = async (host: string): Promise<unknown> => (await house.visit(host)).body?.word;
const isGone = async (pid: number | undefined): Promise<boolean> => (await readStartTicks(pid!)) === undefined;
const deploy = async (appId: string, text: string): Promise<void> => {
  const wishes = openWishes(house);
  const controller = startController(wishes.bus, house.runtime);
  await wishes.live(appId, 1, makeApp(text));
  await controller.close();
  await wishes.stop();
};
/** Kills the agent and waits for the loss, or for the start of its successor. */
const killAgent = async (moment: string): Promise<void> => {
  await house.runtime.close();
  const [python, starting] = [join(house.dataDir, 'python'), join(house.dataDir, 'starting')];
  await writeFile(python, `#!/bin/sh\ntouch ${starting}\nexec ${pythonPath()} "$@"\n`, { mode: 0o755 });
  const runtime = await house.openRuntime({ python });
  process.kill(house.pids().agent!, 'SIGKILL');
  if (moment === 'has just died') await until(() => runtime.problem(), Boolean);
  else await until(() => existsSync(starting));
};

describe('close', () => {
  it('lets go and leaves everything running', async () => {
    await deploy('a', 'one');
    const { agent, gateway } = house.pids();
    await house.runtime.close();
    expect([await isGone(agent), await isGone(gateway)]).toEqual([false, false]);
    expect(await word('a')).toBe('one');
  });

  it.each(['has just died', 'is just being started again'])('comes to an end when the agent %s', async (moment) => {
    await killAgent(moment);
    await house.runtime.close();
    await house.openRuntime();
    await deploy('a', 'one');
  });
});

describe('shutdown', () => {
  it('ends agent, gateway and every runner', async () => {
    await deploy('a', 'one');
    const { agent, gateway } = house.pids();
    const runners = (await readdir(join(house.dataDir, 'agent/children'))).map(Number);
    expect(runners.length).toBe(1);
    await house.runtime.shutdown();
    for (const pid of [agent, gateway, ...runners]) await until(() => isGone(pid));
  });

  it.each(['has just died', 'is just being started again'])('leaves nobody behind when the agent %s', async (moment) => {
    const { gateway } = house.pids();
    await killAgent(moment);
    await house.runtime.shutdown();
    expect(await isGone(gateway)).toBe(true);
    expect(await findProgram(join(house.dataDir, 'agent/agent.json'))).toBeUndefined();
  });

  it('ends an agent that does not answer any more', async () => {
    const { agent } = house.pids();
    process.kill(agent!, 'SIGSTOP');
    await house.runtime.shutdown();
    expect(await isGone(agent)).toBe(true);
  });
});

describe('a start', () => {
  it('replaces an agent of other code, and its apps come back', async () => {
    await deploy('a', 'one');
    const { agent } = house.pids();
    await house.runtime.close();
    const runnerDir = await mkdtemp(join(tmpdir(), 'fapi-runner-'));
    await cp(join(runnerPath, 'fapi_runner'), join(runnerDir, 'fapi_runner'), { recursive: true });
    await cp(join(runnerPath, 'requirements.txt'), join(runnerDir, 'requirements.txt'));
    await writeFile(join(runnerDir, 'fapi_runner/other_code.py'), '');
    await house.openRuntime({ runnerDir });
    expect(house.pids().agent).not.toBe(agent);
    expect(await isGone(agent)).toBe(true);
    await until(() => word('a'), (found) => found === 'one', 15_000);
    await rm(runnerDir, { recursive: true, force: true });
  }, 40_000);

  it('moves the gateway when another port is wanted', async () => {
    const { gateway } = house.pids();
    await house.runtime.close();
    const port = await freePort();
    const runtime = await house.openRuntime({ gateway: { port, host: '127.0.0.1' } });
    expect(runtime.gatewayPort).toBe(port);
    expect(await isGone(gateway)).toBe(true);
  });

  it('says in a sentence that the port is in use, and leaves nobody behind', async () => {
    await house.runtime.shutdown();
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await expect(house.openRuntime({ gateway: { port, host: '127.0.0.1' } })).rejects.toThrow(new ProcessStartError(`Port ${port} for the apps is in use (EADDRINUSE): free it or set FAPI_GATEWAY_PORT to another one.`));
    await new Promise((resolve) => other.close(resolve));
    await house.openRuntime();
  });

  it('says with its last words why the agent did not start', async () => {
    await house.runtime.shutdown();
    const runnerDir = await mkdtemp(join(tmpdir(), 'fapi-runner-'));
    await writeFile(join(runnerDir, 'fapi_runner.py'), 'raise SystemExit("no such thing")');
    await writeFile(join(runnerDir, 'requirements.txt'), '');
    await expect(house.openRuntime({ runnerDir })).rejects.toThrow(/^The Python agent did not start \(it ended with 1\)\. Its last words:\n[^]*no such thing/);
    await rm(runnerDir, { recursive: true, force: true });
    await house.openRuntime();
  });
});

describe('an agent that cannot be had', () => {
  it('ends what waits for it as failed, says what is wrong, and live apps come back when it can', async () => {
    await house.runtime.close();
    const python = join(house.dataDir, 'python');
    const bring = (): Promise<void> => writeFile(python, `#!/bin/sh\nexec ${pythonPath()} "$@"\n`, { mode: 0o755 });
    await bring();
    const runtime = await house.openRuntime({ python });
    const wishes = openWishes(house);
    const controller = startController(wishes.bus, runtime, { runnerLostMs: 500, resyncMs: 300 });
    await wishes.live('a', 1, makeApp('one'));
    await rm(python);
    process.kill(house.pids().agent!, 'SIGKILL');
    expect(await until(() => runtime.problem(), (problem) => /did not start/.test(problem ?? ''))).toContain('ENOENT');
    await wishes.deploy('b', 1, makeApp('two'));
    expect(await wishes.until('b', (status) => status.phase !== 'working')).toMatchObject({ phase: 'failed', reason: 'runner_lost', health: 'unknown', message: expect.stringMatching(/^no runner could be reached for 0\.5 s: .*ENOENT/s) });
    expect(await wishes.bus.calls.request({ schema: 1, kind: 'validate', appId: 'b', host: 'a', envVersion: 0, revision: 'sha256:x', bundleSha256: '' }, { timeoutMs: 10_000 })).toMatchObject({ kind: 'refused', message: expect.stringContaining('ENOENT') });
    const unknown = await wishes.until('a', (status) => status.health === 'unknown' && status.stages.length > 4);
    expect(unknown).toMatchObject({ phase: 'live' });
    expect(unknown.serving).toBeUndefined();
    await bring();
    await until(() => word('a'), (found) => found === 'one', 20_000);
    await until(() => wishes.heard('a').at(-1)?.health, (health) => health === 'running');
    expect(wishes.heard('b').at(-1)).toMatchObject({ phase: 'failed' });
    expect(await wishes.live('b', 2, makeApp('two'))).toBeDefined();
    expect(runtime.problem()).toBeUndefined();
    await controller.close();
    await wishes.stop();
  }, 40_000);
});
