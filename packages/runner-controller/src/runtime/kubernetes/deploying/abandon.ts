import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { RefusedError, type Wanted } from '../../runtime.ts';
import type { AppPods } from '../app-pods.ts';
import type { Apps } from '../apps.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Mirror } from '../cluster/mirror.ts';
import type { Surroundings } from '../ground.ts';
import type { RunnerShape } from '../objects/pod.ts';
import type { AppRecord } from '../objects/record.ts';
import { isFresh } from '../observe.ts';
import { fitPods } from './fit.ts';

/** Takes back what stands on an app for a generation that will never serve: it says no more how many pods there are, what they may have, and where they connect to. */
export type Abandon = (wanted: Wanted, signal: AbortSignal) => Promise<void>;

export interface AbandonOptions { cluster: Cluster; apps: Apps; pods: Mirror<V1Pod>; appPods: AppPods; /** Resolves when nothing of a `prepare` is being written down for this app any more. */ written: (appId: string) => Promise<void>; shape: RunnerShape; surroundings: Surroundings; logger: Logger }

export function createAbandon({ cluster, apps, pods, appPods, written, shape, surroundings, logger }: AbandonOptions): Abandon {
  // Without a release it is the only one that says what the pods are for.
  const isOver = (record: AppRecord | undefined, generation: number): record is AppRecord =>
    record?.state === 'live' && record.generation <= generation && record.release !== undefined && record.release.generation < generation;
  return async (wanted, signal) => {
    const { appId, generation, egress } = wanted;
    await written(appId);
    const before = apps.find(appId);
    if (!isOver(before, generation)) return;
    const seen = await Promise.all(appPods.linksOf(appId).map(async (link) => ({ link, state: await link.acts.stateOf(appId).catch(() => undefined) })));
    // It has been switched to, late: what agents serve is what the record says next.
    if (seen.some(({ state }) => (state?.active ?? state?.sleeping)?.generation === generation)) return;
    const after = await apps.update(appId, (known) => (isOver(known, generation) ? { ...known, candidate: undefined, granted: [...egress] } : undefined));
    if (!after || !isOver(after, generation)) return;
    const isSame = JSON.stringify(after) === JSON.stringify(before);
    await Promise.all([
      ...(isSame ? [] : [surroundings.lay(after, before), fitPods(cluster, pods, appPods.of(appId), after, shape, logger)]),
      // What it gives back is denied by those whom its `prepare` never reached. A pod that is given its app just now has nothing to give up, and must not take its release for a former one.
      ...seen.filter(({ state }) => !isFresh(state)).map(({ link }) => link.acts.abandon(wanted, signal).catch(passRefused)),
    ]);
  };
}

/** An agent of an earlier image does not know how to be told. */
function passRefused(error: unknown): void {
  if (!(error instanceof RefusedError)) throw error;
}
