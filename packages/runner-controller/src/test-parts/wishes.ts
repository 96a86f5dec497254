import { pino } from 'pino';
import { type Controller, type ControllerOptions, createController } from '../controller.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { RuntimeUnderTest } from '../runtime/runtime.suite.ts';
import { createMemoryBus, type RunnerSpec, type RunnerStatus, type WorkBus } from '../work/index.ts';
import { makeBundle } from './bundles.ts';
import { follow } from './follow.ts';
import { makeRemoval, makeSpec, makeStop } from './messages.ts';
import { until } from './until.ts';

type Live = Extract<RunnerSpec['desired'], { state: 'live' }>;

/** The test in the server's place: it wishes over the bus and hears what became of it. */
export interface Wishes {
  readonly bus: WorkBus;
  /** Wishes the files live and answers the spec. */
  deploy(appId: string, generation: number, files: string | Record<string, string>, desired?: Partial<Live>): Promise<RunnerSpec>;
  /** Says the same wish again with marks on it, as the server does for a cancel and for what it has seen live. */
  mark(spec: RunnerSpec, marks: Partial<Live>): Promise<RunnerSpec>;
  remove(appId: string, generation: number): Promise<void>;
  stopApp(appId: string, generation: number, isHidden?: boolean): Promise<void>;
  /** Every status of an app so far. */
  heard(appId: string): RunnerStatus[];
  /** The first status that is taken, from the `since`-th on. */
  until(appId: string, accept: (status: RunnerStatus) => boolean, since?: number): Promise<RunnerStatus>;
  /** Deploys, waits until it is live and settles it. */
  live(appId: string, generation: number, files: string | Record<string, string>, desired?: Partial<Live>): Promise<RunnerSpec>;
  stop(): Promise<void>;
}

export function openWishes(house: Pick<RuntimeUnderTest, 'offer'>, bus = createMemoryBus()): Wishes {
  const statuses = follow((signal) => bus.statuses.watch(signal));
  const heard = (appId: string): RunnerStatus[] => statuses.seen.flatMap((word) => word.kind === 'message' && word.value.appId === appId ? [word.value] : []);
  const wishes: Wishes = {
    bus,
    heard,
    async deploy(appId, generation, files, desired = {}) {
      const bundle = makeBundle(files);
      house.offer(bundle);
      const spec = makeSpec(appId, generation, { revision: bundle.revision, bundleSha256: bundle.bundleSha256, ...desired });
      await bus.specs.publish(spec);
      return spec;
    },
    async mark(spec, marks) {
      const marked = { ...spec, desired: { ...(spec.desired as Live), ...marks } };
      await bus.specs.publish(marked);
      return marked;
    },
    async remove(appId, generation) {
      await bus.specs.publish(makeRemoval(appId, generation));
    },
    async stopApp(appId, generation, isHidden) {
      await bus.specs.publish(makeStop(appId, generation, isHidden));
    },
    async until(appId, accept, since = 0) {
      await until(() => heard(appId).slice(since), (all) => all.some(accept), 20_000);
      return heard(appId).slice(since).find(accept)!;
    },
    async live(appId, generation, files, desired) {
      const spec = await wishes.deploy(appId, generation, files, desired);
      const ended = await wishes.until(appId, (status) => status.generation === generation && status.phase !== 'working');
      if (ended.phase !== 'live') throw new Error(`generation ${generation} of ${appId} ended as ${ended.phase}: ${ended.message}`);
      return wishes.mark(spec, { settled: true });
    },
    stop: () => statuses.stop(),
  };
  return wishes;
}

/** A controller that has begun to act. The caller closes it. */
export function startController(bus: WorkBus, runtime: Runtime, options: Partial<ControllerOptions> = {}): Controller {
  const controller = createController({ bus, runtime, logger: pino({ level: 'silent' }), ...options });
  controller.start();
  return controller;
}
