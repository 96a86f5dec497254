import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { Cluster } from './cluster/cluster.ts';
import type { Mirror } from './cluster/mirror.ts';
import { annotation, label } from './objects/labels.ts';
import { toAppName } from './objects/names.ts';
import { makeGround, makeWayOut } from './objects/network.ts';
import { type AppRecord, listGrants, readRecord } from './objects/record.ts';
import { countReplicas, makeBudget, makeService, makeServiceAccount } from './objects/resources.ts';

/** What every pod of the namespace stands on. */
export async function layGround(cluster: Cluster): Promise<void> {
  await Promise.all([makeServiceAccount(), ...makeGround()].map((object) => cluster.apply(object)));
}

/** What stands around the pods of each app: its Service, its grants, its budget. */
export interface Surroundings {
  /** `before` spares asking to remove what never was: undefined where nothing was, `unknown` where anything may stand. */
  lay(record: AppRecord, before: AppRecord | 'unknown' | undefined): Promise<void>;
  /** Nothing else is wanted by this record than what was laid last. */
  isLaid(record: AppRecord): boolean;
  clear(appId: string): Promise<void>;
  /** As if nothing had been laid: somebody else may have changed it. What was cleared stays so. */
  forget(): void;
}

export function createSurroundings(cluster: Cluster, replicas: number): Surroundings {
  const laid = new Map<string, string>();
  const cleared = 'cleared';
  const make = (record: AppRecord) => ({ service: makeService(record), wayOut: listGrants(record).length > 0 ? makeWayOut(record.appId) : undefined, budget: makeBudget(record.appId, countReplicas(record, replicas)) });
  const wishOf = (record: AppRecord): string => (record.state === 'removed' ? cleared : JSON.stringify(make(record)));
  return {
    async lay(record, before) {
      const { appId } = record;
      const name = toAppName(appId);
      const { service, wayOut, budget } = make(record);
      const mayHaveGrants = before === 'unknown' || (before !== undefined && listGrants(before).length > 0);
      await Promise.all([
        cluster.apply(service),
        wayOut ? cluster.apply(wayOut) : mayHaveGrants ? cluster.remove('NetworkPolicy', name) : undefined,
        budget ? cluster.apply(budget) : replicas > 1 ? cluster.remove('PodDisruptionBudget', name) : undefined,
      ]);
      laid.set(appId, wishOf(record));
    },
    isLaid: (record) => laid.get(record.appId) === wishOf(record),
    async clear(appId) {
      await Promise.all((['Service', 'NetworkPolicy', 'PodDisruptionBudget'] as const).map((kind) => cluster.remove(kind, toAppName(appId))));
      laid.set(appId, cleared);
    },
    forget() {
      for (const [appId, wish] of laid) if (wish !== cleared) laid.delete(appId);
    },
  };
}

/** A wish that comes later than this is none of ours. */
const tombstoneMs = 7 * 24 * 3_600_000;
/** A pod that was claimed by a controller that ended right then. */
const lostClaimMs = 10 * 60_000;

/** Removes what nobody will ever ask for again. */
export async function sweep(cluster: Cluster, pods: Mirror<V1Pod>, sets: Mirror<V1ReplicaSet>, now: Date): Promise<void> {
  for (const set of sets.all()) {
    const removedAt = readRecord(set)?.removedAt;
    if (removedAt !== undefined && now.getTime() - Date.parse(removedAt) > tombstoneMs) await cluster.remove('ReplicaSet', set.metadata!.name!);
  }
  for (const { metadata } of pods.all()) {
    const claimedAt = metadata?.annotations?.[annotation.claimedAt];
    const isLost = metadata?.labels?.[label.role] === 'app' && claimedAt !== undefined && !sets.get(`app-${metadata.labels[label.app]}`);
    if (isLost && now.getTime() - Date.parse(claimedAt) > lostClaimMs) await cluster.remove('Pod', metadata.name!);
  }
}
