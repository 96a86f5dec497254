import { isSettled, type FapiClient } from '@fapi/sdk';
import type { App, Deployment } from '@fapi/sdk/contract';
import type { MetricsSample, RunnerSpec, RunnerStatus } from '@fapi/runner-controller/work';
import { makeStatus, type System, until, watchSpecs } from './system.ts';

/** The test in the controller's place, following what the server wants: each new wish goes live, or does what `decide` says. */
export interface RunnerPlay {
  readonly specs: ReturnType<typeof watchSpecs>;
  /** The generation that would answer visitors now; undefined when nobody would. */
  serving(appId: string): number | undefined;
  stop(): void;
}

export type Verdict = 'live' | 'failed' | 'silent';

export function playRunner(system: System, decide: (appId: string, generation: number) => Verdict = () => 'live'): RunnerPlay {
  const specs = watchSpecs(system.bus);
  const serving = new Map<string, { generation: number; revision: string }>();
  const done = new Map<string, string>();
  const timer = setInterval(() => {
    for (const spec of specs.all.splice(0)) {
      const { appId, generation, desired } = spec;
      const key = `${generation} ${desired.state} ${desired.state === 'live' && desired.cancelled}`;
      if (specs.of(appId) !== spec || done.get(appId) === key) continue;
      done.set(appId, key);
      const say = (status: RunnerStatus): void => void system.bus.statuses.publish(status);
      if (desired.state !== 'live') {
        serving.delete(appId);
        say(makeStatus(appId, generation, desired.state, undefined, { health: 'stopped' }));
        continue;
      }
      if (serving.get(appId)?.generation === generation) continue;
      if (desired.cancelled) say(makeStatus(appId, generation, 'cancelled', 'validating', { serving: serving.get(appId) }));
      else if (decide(appId, generation) === 'live') {
        serving.set(appId, { generation, revision: desired.revision });
        say(makeStatus(appId, generation, 'live', 'live', { serving: serving.get(appId) }));
      } else if (decide(appId, generation) === 'failed') say(makeStatus(appId, generation, 'failed', 'preparing', { reason: 'import_failed', message: 'no', serving: serving.get(appId) }));
      else done.delete(appId);
    }
  }, 2);
  return {
    specs,
    serving: (appId) => serving.get(appId)?.generation,
    stop() {
      clearInterval(timer);
      specs.stop();
    },
  };
}

/** What a deployment has become, when nothing more comes of it. */
export const settled = (client: FapiClient, { appId, id }: Deployment): Promise<Deployment> => until(() => client.deployments.read(appId, id), isSettled);

/** Says once, in the controller's place, that a deployment is live; for a system that nobody plays the runner of. */
export async function goLive({ bus }: System, client: FapiClient, { appId, id, generation, revision }: Deployment): Promise<Deployment> {
  await bus.statuses.publish(makeStatus(appId, generation, 'live', 'live', { serving: { generation, revision } }));
  return until(() => client.deployments.read(appId, id), ({ status }) => status === 'live');
}

/** Deploys the newest draft and says that it is live; answers the app as it is then. */
export async function deployLive(system: System, client: FapiClient, { id, draftVersion }: App): Promise<App> {
  await goLive(system, client, await client.deployments.create(id, { draftVersion }));
  return client.apps.read(id);
}

type Live = Extract<RunnerSpec['desired'], { state: 'live' }>;

/** What the server wants to be live, as soon as it is what `accept` takes. */
export async function wishedOf(specs: RunnerPlay['specs'], appId: string, accept: (desired: Live, generation: number) => boolean): Promise<Live> {
  const spec = await until(() => specs.of(appId), (found) => found?.desired.state === 'live' && accept(found.desired, found.generation));
  return spec!.desired as Live;
}

export const main = (word: string) => [{ path: 'main.py', content: `from fastapi import FastAPI\n\napp = FastAPI(title="${word}")\n` }];

/** A sample of the agent's counters. */
export const sampleOf = (appId: string, generation: number, requests: number, status5xx: number): MetricsSample => ({
  schema: 1, appId, epoch: 'one', at: new Date().toISOString(), totals: { requests, status2xx: requests - status5xx, status3xx: 0, status4xx: 0, status5xx, inFlight: 0, bytesOut: 0 }, serving: { generation, requests, status5xx },
});
