import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { Wanted } from '../../runtime.ts';
import type { AppPods } from '../app-pods.ts';
import type { Apps } from '../apps.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Mirror } from '../cluster/mirror.ts';
import { surround } from '../ground.ts';
import type { RunnerShape } from '../objects/pod.ts';
import type { AppRecord } from '../objects/record.ts';
import { fitPods } from './fit.ts';

/** Takes back what stands on an app for a generation that will never serve: it says no more how many pods there are, what they may have, and where they connect to. */
export type Abandon = (wanted: Pick<Wanted, 'appId' | 'generation' | 'egress'>) => Promise<void>;

export interface AbandonOptions { cluster: Cluster; apps: Apps; pods: Mirror<V1Pod>; appPods: AppPods; /** Resolves when nothing of a `prepare` is being written down for this app any more. */ written: (appId: string) => Promise<void>; shape: RunnerShape; replicas: number; logger: Logger }

export function createAbandon({ cluster, apps, pods, appPods, written, shape, replicas, logger }: AbandonOptions): Abandon {
  // Without a release it is the only one that says what the pods are for.
  const isOver = (record: AppRecord | undefined, generation: number): record is AppRecord =>
    record?.state === 'live' && record.generation <= generation && record.release !== undefined && record.release.generation < generation;
  return async ({ appId, generation, egress }) => {
    await written(appId);
    const before = apps.find(appId);
    if (!isOver(before, generation)) return;
    const states = await Promise.all(appPods.linksOf(appId).map((link) => link.acts.stateOf(appId).catch(() => undefined)));
    // It has been switched to, late: what agents serve is what the record says next.
    if (states.some((state) => (state?.active ?? state?.sleeping)?.generation === generation)) return;
    const after = await apps.update(appId, (known) => (isOver(known, generation) ? { ...known, candidate: undefined, granted: [...egress] } : undefined));
    if (!after || JSON.stringify(after) === JSON.stringify(before)) return;
    await Promise.all([surround(cluster, after, before, replicas), fitPods(cluster, pods, appPods.of(appId), after, shape, logger)]);
  };
}
