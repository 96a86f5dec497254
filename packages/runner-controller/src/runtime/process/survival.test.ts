import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Controller } from '../../controller.ts';
import { appThatRaises, makeApp, makeBundle, makeSlowImport, makeSlowStart } from '../../test-parts/bundles.ts';
import { follow } from '../../test-parts/follow.ts';
import { openProcessHouse, type ProcessHouse } from '../../test-parts/process-house.ts';
import { until } from '../../test-parts/until.ts';
import { openWishes, startController, type Wishes } from '../../test-parts/wishes.ts';
import { pythonPath } from '../../../../../tools/parts/paths.ts';

let house: ProcessHouse;
let wishes: Wishes;
let controller: Controller;
beforeEach(async () => {
  house = await openProcessHouse();
  wishes = openWishes(house);
  controller = startController(wishes.bus, house.runtime, { resyncMs: 300 });
});
afterEach(async () => {
  await controller?.close();
  await wishes?.stop();
  await house?.close();
});

const word = async (host: string): Promise<unknown> => (await house.visit(host)).body?.word;
const living = (): number => readdirSync(join(house.dataDir, 'agent/children')).length;
const isAlive = (pid: number | undefined): boolean => {
  try {
    return process.kill(pid!, 0);
  } catch {
    return false;
  }
};
/** Ends the controller as a deploy of it does, and begins with another one on the same folder. */
const replaceController = async (): Promise<void> => {
  await controller.close();
  await house.runtime.close();
  controller = startController(wishes.bus, await house.openRuntime(), { resyncMs: 300 });
};

describe('a killed program', () => {
  it('agent: the controller starts it again and every app comes back, each with one runner', async () => {
    const apps = ['a', 'b', 'c'];
    for (const app of apps) await wishes.live(app, 1, makeApp(app));
    const { agent, gateway } = house.pids();
    const since = new Map(apps.map((app) => [app, wishes.heard(app).length]));
    process.kill(agent!, 'SIGKILL');
    await until(() => house.pids().agent, (pid) => pid !== undefined && pid !== agent);
    await until(async () => (await Promise.all(apps.map(word))).join(), (words) => words === 'a,b,c', 20_000);
    expect(house.pids().gateway).toBe(gateway);
    for (const app of apps) await until(() => wishes.heard(app).at(-1), (status) => status?.health === 'running' && status.serving?.generation === 1);
    expect(apps.flatMap((app) => wishes.heard(app).slice(since.get(app)).map((status) => status.phase)).filter((phase) => phase !== 'live')).toEqual([]);
    await until(living, (count) => count === apps.length);
    await wishes.live('a', 2, makeApp('again'));
    expect(await word('a')).toBe('again');
  }, 40_000);

  it('agent, in the middle of a deployment: the deployment is finished', async () => {
    await wishes.live('a', 1, makeApp('one'));
    await wishes.deploy('a', 2, makeSlowImport('two', 1));
    await wishes.until('a', (status) => status.generation === 2 && status.stages.at(-1)?.name === 'preparing');
    process.kill(house.pids().agent!, 'SIGKILL');
    expect(await wishes.until('a', (status) => status.generation === 2 && status.phase !== 'working')).toMatchObject({ phase: 'live', serving: { generation: 2 } });
    expect(await word('a')).toBe('two');
  }, 40_000);

  it('gateway: it is started again on the same port', async () => {
    await wishes.live('a', 1, makeApp('one'));
    const { gateway, agent } = house.pids();
    const { gatewayPort } = house.runtime;
    process.kill(gateway!, 'SIGKILL');
    await until(() => house.pids().gateway, (pid) => pid !== gateway, 15_000);
    await until(() => word('a'), (found) => found === 'one', 15_000);
    expect(house.pids().agent).toBe(agent);
    expect(house.runtime.gatewayPort).toBe(gatewayPort);
    await wishes.live('a', 2, makeApp('two'));
  }, 40_000);

  it('both at once, while nobody looks: the next controller brings everything back', async () => {
    await wishes.live('a', 1, makeApp('one'));
    await controller.close();
    await house.runtime.close();
    const { agent, gateway } = house.pids();
    process.kill(agent!, 'SIGKILL');
    process.kill(gateway!, 'SIGKILL');
    await until(() => !isAlive(agent) && !isAlive(gateway));
    controller = startController(wishes.bus, await house.openRuntime());
    await until(() => word('a'), (found) => found === 'one', 15_000);
  }, 40_000);
});

describe('the next controller on the same folder', () => {
  it.each([
    ['is prepared', makeSlowImport('two', 1), 'preparing'],
    ['switches', makeSlowStart('two', 1), 'starting'],
  ])('adopts agent and gateway and finishes what the former one began, when it stopped while the app %s', async (_title, code, stage) => {
    await wishes.live('a', 1, makeApp('one'));
    const before = house.pids();
    await wishes.deploy('a', 2, code);
    await wishes.until('a', (status) => status.generation === 2 && status.stages.at(-1)?.name === stage);
    await replaceController();
    expect(await wishes.until('a', (status) => status.generation === 2 && status.phase !== 'working')).toMatchObject({ phase: 'live', serving: { generation: 2 } });
    expect(await word('a')).toBe('two');
    expect(house.pids()).toEqual(before);
  }, 40_000);

  it('fails what the former one began, with the report of the app', async () => {
    await wishes.live('a', 1, makeApp('one'));
    await wishes.deploy('a', 2, `import time\ntime.sleep(1)\n${appThatRaises}`);
    await wishes.until('a', (status) => status.generation === 2 && status.stages.at(-1)?.name === 'preparing');
    await replaceController();
    expect(await wishes.until('a', (status) => status.generation === 2 && status.phase !== 'working')).toMatchObject({ phase: 'failed', reason: 'import_failed', failure: { class: 'import', frames: [expect.objectContaining({ file: 'main.py' })] }, serving: { generation: 1 } });
    expect(await word('a')).toBe('one');
  }, 40_000);

  it('leaves a live app as it is', async () => {
    const spec = await wishes.live('a', 1, makeApp('one'));
    const { born } = (await house.visit('a')).body;
    const since = wishes.heard('a').length;
    await replaceController();
    expect(await wishes.until('a', () => true, since)).toMatchObject({ phase: 'live', generation: spec.generation, stages: [] });
    expect((await house.visit('a')).body.born).toBe(born);
  });

  it('hears what an app printed while there was none', async () => {
    await wishes.live('a', 1, makeApp('one'));
    await controller.close();
    await house.runtime.close();
    await house.visit('a', '/say/nobody-listens');
    const logs = follow((signal) => wishes.bus.streams.subscribe({ signal }));
    controller = startController(wishes.bus, await house.openRuntime());
    await until(() => logs.seen.some((item) => item.kind === 'log' && item.value.lines.some((line) => line.text === 'nobody-listens')));
    await logs.stop();
  });

  it('silences a former one that still runs: it does nothing, says nothing and ends nobody', async () => {
    await wishes.live('a', 1, makeApp('one'));
    const former = { controller, runtime: house.runtime, wishes };
    wishes = openWishes(house);
    controller = startController(wishes.bus, await house.openRuntime(), { resyncMs: 300 });
    await wishes.live('a', 2, makeApp('two'));

    await former.wishes.deploy('a', 3, makeApp('of the former one'));
    await until(() => former.runtime.problem(), Boolean);
    expect(former.wishes.heard('a').filter((status) => status.generation === 3 && status.phase !== 'working')).toEqual([]);
    expect(await word('a')).toBe('two');

    const { agent } = house.pids();
    process.kill(agent!, 'SIGKILL');
    const pids = await until(() => house.pids(), (found) => found.agent !== undefined && found.agent !== agent);
    await until(() => word('a'), (found) => found === 'two', 15_000);
    await former.controller.close();
    await former.runtime.shutdown();
    await former.wishes.stop();
    expect(house.pids()).toEqual(pids);
    await wishes.live('a', 4, makeApp('four'));
    expect(house.pids()).toEqual(pids);
  }, 40_000);

  it('never acts for a former one that missed it, not even to start the agent again', async () => {
    const [former, formerRuntime] = [controller, house.runtime];
    controller = startController(wishes.bus, await house.openRuntime());
    await controller.close();
    await house.runtime.close();
    const { agent, gateway } = house.pids();
    process.kill(agent!, 'SIGKILL');
    process.kill(gateway!, 'SIGKILL');
    expect(await until(() => formerRuntime.problem(), Boolean)).toMatch(/newer controller|agent/);
    await until(() => formerRuntime.problem(), (problem) => /newer controller/.test(problem ?? ''));
    await former.close();
    await formerRuntime.close();
    expect([isAlive(house.pids().agent), isAlive(house.pids().gateway)]).toEqual([false, false]);
    controller = startController(wishes.bus, await house.openRuntime());
    await wishes.live('a', 1, makeApp('one'));
  }, 40_000);
});

describe('an agent that stands still', () => {
  it('is not said to be there, within the time of who asks, and is as soon as it goes on', async () => {
    const ping = () => wishes.bus.calls.request({ schema: 1, kind: 'ping' }, { timeoutMs: 10_000 });
    expect(await ping()).toMatchObject({ kind: 'ping' });
    const { agent } = house.pids();
    process.kill(agent!, 'SIGSTOP');
    try {
      expect(await ping()).toMatchObject({ kind: 'refused', message: expect.stringContaining('did not answer') });
    } finally {
      process.kill(agent!, 'SIGCONT');
    }
    await until(ping, (answer) => answer.kind === 'ping');
  });

  it('is replaced, and its apps answer again', async () => {
    await wishes.live('a', 1, makeApp('one'));
    const { agent } = house.pids();
    process.kill(agent!, 'SIGSTOP');
    await until(() => house.pids(), (found) => found.agent !== undefined && found.agent !== agent, 60_000);
    await until(() => word('a'), (found) => found === 'one', 20_000);
    await wishes.live('a', 2, makeApp('two'));
    expect(isAlive(agent)).toBe(false);
  }, 90_000);
});

describe('a gateway that stands still', () => {
  it('is said not to answer, and is replaced on the same port', async () => {
    await wishes.live('a', 1, makeApp('one'));
    const { gateway, agent } = house.pids();
    const { gatewayPort } = house.runtime;
    const ping = () => wishes.bus.calls.request({ schema: 1, kind: 'ping' }, { timeoutMs: 10_000 });
    process.kill(gateway!, 'SIGSTOP');
    expect(await until(ping, (answer) => answer.kind === 'refused', 60_000)).toMatchObject({ message: expect.stringContaining('gateway') });
    await until(() => house.pids(), (found) => found.gateway !== undefined && found.gateway !== gateway, 60_000);
    await until(() => word('a'), (found) => found === 'one', 20_000);
    await until(ping, (answer) => answer.kind === 'ping', 20_000);
    expect([isAlive(gateway), house.pids().agent, house.runtime.gatewayPort]).toEqual([false, agent, gatewayPort]);
    await wishes.live('a', 2, makeApp('two'));
  }, 90_000);

  it('is not adopted by the next controller', async () => {
    await wishes.live('a', 1, makeApp('one'));
    await controller.close();
    await house.runtime.close();
    const { gateway } = house.pids();
    process.kill(gateway!, 'SIGSTOP');
    controller = startController(wishes.bus, await house.openRuntime());
    await until(() => word('a'), (found) => found === 'one', 15_000);
    expect([isAlive(gateway), house.pids().gateway]).toEqual([false, expect.any(Number)]);
    expect(house.logs.map(({ msg }) => msg)).toContain('the running gateway does not answer and is replaced');
  }, 60_000);
});

describe('a live app', () => {
  it('is tried again until it can start, and its deployment stays live', async () => {
    // Beside Python: an app sees nothing else of the machine, and its own folder is lost with it.
    const marker = join(dirname(pythonPath()), `away-${process.pid}`);
    const code = `import os\nif os.path.exists(${JSON.stringify(marker)}):\n    raise ConnectionError("the database is away")\n${makeApp('one')}`;
    await wishes.live('a', 1, code);
    await writeFile(marker, '');
    const since = wishes.heard('a').length;
    await house.lose('a', 1);
    await until(() => house.runtime.observe('a'), (seen) => seen?.failure?.report.message === 'the database is away');
    await rm(marker);
    await until(() => word('a'), (found) => found === 'one', 20_000);
    expect(new Set(wishes.heard('a').slice(since).map((status) => status.phase))).toEqual(new Set(['live']));
  }, 40_000);

  it('stays as it is when its bundle is offered no more', async () => {
    const spec = await wishes.live('a', 1, makeApp('one'));
    await wishes.mark(spec, { bundleSha256: makeBundle('gone').bundleSha256 });
    await wishes.live('b', 1, makeApp('after'));
    expect(await word('a')).toBe('one');
  });
});
