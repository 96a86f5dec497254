import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createMemoryBus, type RunnerSpec, type WorkBus } from '@fapi/runner-controller/work';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStream } from './parts/read-stream.ts';
import { makeStatus, startSystem, type System, until, watchSpecs } from './parts/system.ts';

const create = async (system: System): Promise<{ id: string }> => (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json;
const deploy = async (system: System, appId: string, draftVersion = 1): Promise<any> => (await system.call(`/v1/apps/${appId}/deployments`, { method: 'POST', body: { draftVersion } })).json;

/** The bus with a fault on the way to the specs: what a real network does at the worst moment. */
function makeFaulty(): { bus: WorkBus; fail(when: 'before' | 'after' | 'unheard', times: number): void; becomeStale(): void } {
  const bus = createMemoryBus();
  const stale = new Set<() => void>();
  let faults: { when: 'before' | 'after' | 'unheard'; left: number } = { when: 'before', left: 0 };
  const publish = async (spec: RunnerSpec, signal?: AbortSignal) => {
    const isFault = faults.left > 0 && faults.left-- > 0;
    if (isFault && faults.when === 'before') throw new Error('the network is gone');
    if (isFault && faults.when === 'unheard') return 'stored' as const;
    const outcome = await bus.specs.publish(spec, signal);
    if (isFault) throw new Error('the answer was lost');
    return outcome;
  };
  return {
    bus: {
      ...bus,
      specs: { publish, markComplete: (signal) => bus.specs.markComplete(signal), watch: (signal) => bus.specs.watch(signal) },
      onStale(listener) {
        stale.add(listener);
        return () => stale.delete(listener);
      },
    },
    fail(when, times) {
      faults = { when, left: times };
    },
    becomeStale() {
      for (const listener of stale) listener();
    },
  };
}

describe('the relay', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system?.stop());

  it('tells a fresh bus every wish there is, and only then that this was all', async () => {
    const apps = [await create(system), await create(system), await create(system)];
    const made = await Promise.all(apps.map((app) => deploy(system, app.id)));
    await system.call(`/v1/apps/${apps[2]!.id}`, { method: 'DELETE' });
    const bus = createMemoryBus();
    const known = new Map<string, RunnerSpec>();
    const atCaughtUp: number[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const word of bus.specs.watch(stop.signal)) {
        if (word.kind === 'message') known.set(word.value.appId, word.value);
        if (word.kind === 'caught_up') atCaughtUp.push(known.size);
      }
    })();
    await system.restart(bus);
    await until(() => atCaughtUp, (found) => found.length > 0);
    expect(atCaughtUp).toEqual([3]);
    expect(known.get(apps[0]!.id)).toMatchObject({ generation: 1, desired: { state: 'live', deploymentId: made[0].id } });
    expect(known.get(apps[2]!.id)).toMatchObject({ generation: 2, desired: { state: 'stopped', isHidden: true } });
    stop.abort();
    await watching;
  });

  it.each(['before', 'after'] as const)('sends a wish again that failed %s the bus had it', async (when) => {
    const faulty = makeFaulty();
    await system.restart(faulty.bus);
    const specs = watchSpecs(faulty.bus);
    await until(specs.isCaughtUp, (isCaughtUp) => isCaughtUp);
    const app = await create(system);
    faulty.fail(when, 2);
    const made = await deploy(system, app.id);
    await until(() => specs.of(app.id), (spec) => spec?.generation === made.generation, 15_000);
    const again = await deploy(system, app.id);
    await until(() => specs.of(app.id), (spec) => spec?.generation === again.generation, 15_000);
    specs.stop();
  }, 40_000);

  it('says a wish again that the bus took and that nobody moves', async () => {
    const faulty = makeFaulty();
    await system.restart(faulty.bus);
    const specs = watchSpecs(faulty.bus);
    await until(specs.isCaughtUp, (isCaughtUp) => isCaughtUp);
    const app = await create(system);
    faulty.fail('unheard', 1);
    const made = await deploy(system, app.id);
    const other = await deploy(system, (await create(system)).id);
    await until(() => specs.of(other.appId), (spec) => spec !== undefined);
    expect(specs.of(app.id)).toBeUndefined();
    system.advance(20_000);
    await until(() => specs.of(app.id), (spec) => spec?.generation === made.generation);
    specs.stop();
  });

  it('says caught up only after every wish is there, when the first tries fail', async () => {
    const faulty = makeFaulty();
    faulty.fail('before', 1);
    const specs = watchSpecs(faulty.bus);
    const sizes: number[] = [];
    const wished = specs.all;
    await system.restart(faulty.bus);
    await until(() => specs.isCaughtUp(), (isCaughtUp) => {
      if (isCaughtUp) sizes.push(new Set(wished.map((spec) => spec.appId)).size);
      return isCaughtUp;
    }, 15_000);
    expect(sizes[0]).toBeGreaterThanOrEqual(4);
    specs.stop();
  }, 30_000);

  it('tells everything again when the bus may have lost it', async () => {
    const faulty = makeFaulty();
    await system.restart(faulty.bus);
    const specs = watchSpecs(faulty.bus);
    await until(specs.isCaughtUp, (isCaughtUp) => isCaughtUp);
    const count = new Set(specs.all.map((spec) => spec.appId)).size;
    await until(() => specs.all.length, (length) => length >= count);
    const before = specs.all.length;
    faulty.becomeStale();
    await until(() => specs.all.slice(before), (again) => new Set(again.map((spec) => spec.appId)).size === count);
    specs.stop();
  });

  it('never sends an older generation after a newer one, over many quick deploys', async () => {
    const bus = createMemoryBus();
    await system.restart(bus);
    const specs = watchSpecs(bus);
    const app = await create(system);
    for (let n = 0; n < 15; n++) await deploy(system, app.id);
    await until(() => specs.of(app.id), (spec) => spec?.generation === 15);
    const order = specs.all.filter((spec) => spec.appId === app.id).map((spec) => spec.generation);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    specs.stop();
  });

  it('does not pile up listeners while it works', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', onWarning);
    const app = await create(system);
    for (let n = 0; n < 25; n++) {
      const made = await deploy(system, app.id);
      await system.bus.statuses.publish(makeStatus(app.id, made.generation, 'live', 'live'));
      await until(() => system.call(`/v1/apps/${app.id}/deployments/${made.id}`), (answer) => answer.json.status === 'live');
    }
    process.off('warning', onWarning);
    expect(warnings.filter((message) => /listeners/.test(message))).toEqual([]);
  });
});

describe('the event loop', () => {
  it('is free in between while an app floods its log', async () => {
    const system = await startSystem();
    const app = await create(system);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const startedAt = performance.now();
    const reader = readStream(system, `apps=${app.id}&topics=logs&since=0`);
    await until(() => reader.events, (events) => events.length > 0);
    delay.enable();
    for (let seq = 1; seq <= 400; seq++) system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId: app.id, lines: [{ seq, at: new Date().toISOString(), stream: 'stdout', generation: 1, text: 'x' }], dropped: 0 } });
    await until(() => reader.events, (events) => events.some((event) => event.lines?.at(-1)?.seq === 400));
    delay.disable();
    const tookMs = performance.now() - startedAt;
    await reader.stop();
    await system.stop();
    // A share, not a time: whoever asks meanwhile must not wait until the whole flood is written.
    expect(delay.max / 1e6 / tookMs).toBeLessThan(0.25);
  });
});
