import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { PodAgents } from './agents/agents.ts';
import type { Cluster } from './cluster/cluster.ts';
import { hasStatus } from './cluster/errors.ts';
import type { Mirror } from './cluster/mirror.ts';
import { annotation, label, readEpoch, type Role } from './objects/labels.ts';
import { toLabel } from './objects/names.ts';
import { hashRunner, type RunnerShape } from './objects/pod.ts';
import { makePool } from './objects/resources.ts';

/** Pods that have started everything that all apps share, and wait for the one they are for. */
export interface Pool {
  /** Takes one out for an app, for ever; undefined when none is free. Two claims never take the same one. `nodes`: where the app is already; the one of the pod is added. */
  claim(appId: string, nodes?: Set<string>): Promise<V1Pod | undefined>;
  /** True while one can be claimed. */
  hasFree(): boolean;
  /** Makes the pool as large as it is to be now, and ends those of another image or shape. */
  assure(): Promise<void>;
}

export interface PoolOptions {
  cluster: Cluster;
  pods: Mirror<V1Pod>;
  sets: Mirror<V1ReplicaSet>;
  agents: PodAgents;
  shape: RunnerShape;
  /** What a free one is, and what it becomes. */
  from: 'pool' | 'workbench-pool';
  to: Role;
  /** Free ones while nothing happens, and at most. */
  min: number;
  max: number;
  /** Of the controller that claims. */
  epoch: number;
  now(): Date;
}

/** As many as were taken in the last minute are kept beyond the minimum. */
const burstMs = 60_000;
/** Keys of JSON pointers. */
const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Those of the wanted image first, then those where the app is not yet; else any order, so that claims at once rarely meet. */
export function orderFree(free: readonly V1Pod[], isCurrent: (pod: V1Pod) => boolean, nodes: ReadonlySet<string>): V1Pod[] {
  const isElsewhere = ({ spec }: V1Pod): boolean => spec?.nodeName !== undefined && !nodes.has(spec.nodeName);
  return free.map((pod) => ({ pod, rank: (isCurrent(pod) ? 0 : 2) + (isElsewhere(pod) ? 0 : 1) + Math.random() })).toSorted((a, b) => a.rank - b.rank).map(({ pod }) => pod);
}

export function createPool({ cluster, pods, sets, agents, shape, from, to, min, max, epoch, now }: PoolOptions): Pool {
  let claims: number[] = [];
  /** Of two claims at once the second one would be refused. */
  const taking = new Set<string>();
  const size = (): number => {
    claims = claims.filter((at) => now().getTime() - at < burstMs);
    return Math.max(min, Math.min(max, min + claims.length));
  };
  const hash = hashRunner(shape);
  const listFree = (): V1Pod[] => pods.of(from).filter((pod) => !pod.metadata?.deletionTimestamp && agents.of(pod) !== undefined);
  const isCurrent = (object: V1Pod | V1ReplicaSet): boolean => object.metadata?.labels?.[label.runner] === hash;

  /** Undefined when it is somebody else's by now. */
  const take = async (pod: V1Pod, appId: string): Promise<V1Pod | undefined> => {
    const { name, annotations, ownerReferences } = pod.metadata!;
    const notes = { [annotation.claimedAt]: now().toISOString(), [annotation.epoch]: String(epoch) };
    try {
      const taken = pods.note(await cluster.patch<V1Pod>('Pod', name!, [
        { op: 'test', path: `/metadata/labels/${escape(label.role)}`, value: from },
        { op: 'test', path: '/metadata/uid', value: pod.metadata!.uid },
        { op: 'replace', path: `/metadata/labels/${escape(label.role)}`, value: to },
        { op: 'add', path: `/metadata/labels/${escape(label.app)}`, value: toLabel(appId) },
        ...(annotations ? Object.entries(notes).map(([key, value]) => ({ op: 'add' as const, path: `/metadata/annotations/${escape(key)}`, value })) : [{ op: 'add' as const, path: '/metadata/annotations', value: notes }]),
        // At once without an owner: the app's own set may take it before the pool's has let go of it.
        ...(ownerReferences?.length ? [{ op: 'remove' as const, path: '/metadata/ownerReferences' }] : []),
      ]));
      return taken.metadata?.deletionTimestamp ? undefined : taken;
    } catch (error) {
      if (hasStatus(error, 404, 409, 422)) return undefined;
      throw error;
    }
  };
  const resize = async (): Promise<void> => {
    const make = (by: number): V1ReplicaSet => makePool(from, shape, size(), by);
    const found = sets.get(make(epoch).metadata!.name!);
    const written = found ? readEpoch(found) : 0;
    const wanted = make(Math.max(epoch, written));
    if (found?.spec?.replicas !== wanted.spec!.replicas || written < epoch) sets.note(await cluster.apply(wanted));
    // Another image: its pods go once there are new ones to claim.
    const old = [...sets.all()].filter((set) => set.metadata?.labels?.[label.role] === from && !isCurrent(set) && !set.metadata.deletionTimestamp);
    if (old.length === 0 || (min > 0 && !listFree().some(isCurrent))) return;
    for (const set of old) await cluster.remove('ReplicaSet', set.metadata!.name!);
  };
  let resizing: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  /** However many ask meanwhile: who comes while one is under way has the next one, with all the others. */
  const assure = async (): Promise<void> => {
    if (next) return next;
    if (resizing) {
      next = resizing.catch(() => undefined).then(() => {
        next = undefined;
        return assure();
      });
      return next;
    }
    resizing = resize().finally(() => (resizing = undefined));
    return resizing;
  };
  return {
    assure,
    // Not one that is being taken: whoever waits for it would ask again and again, and keep the answer from being heard.
    hasFree: () => listFree().some(({ metadata }) => !taking.has(metadata!.uid!)),
    async claim(appId, nodes = new Set()) {
      for (const pod of orderFree(listFree(), isCurrent, nodes)) {
        const uid = pod.metadata!.uid!;
        if (taking.has(uid)) continue;
        taking.add(uid);
        // Before it is known whether we get it: the next one of this app chooses meanwhile.
        if (pod.spec?.nodeName !== undefined) nodes.add(pod.spec.nodeName);
        const taken = await take(pod, appId).finally(() => taking.delete(uid));
        if (!taken) continue;
        claims.push(now().getTime());
        return taken;
      }
      // Nobody was free: the next one is to find somebody.
      claims.push(now().getTime());
      return undefined;
    },
  };
}
