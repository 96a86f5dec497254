import type { V1Lease, V1ReplicaSet } from '@kubernetes/client-node';
import { ours, readEpoch as readWritten } from '../objects/labels.ts';
import type { Cluster } from './cluster.ts';
import { hasStatus } from './errors.ts';

const name = 'fapi-controller';

/** Whose turn it is as the controller of a namespace. Each turn has the next number, its epoch; agents refuse lower ones. */
export const findLease = (cluster: Cluster, signal?: AbortSignal): Promise<V1Lease | undefined> => cluster.find<V1Lease>('Lease', name, signal);

export const epochOf = (lease: V1Lease | undefined): number => lease?.spec?.leaseTransitions ?? 0;

/** The newest controller of this namespace; 0 when there was none. */
export const readEpoch = async (cluster: Cluster, signal?: AbortSignal): Promise<number> => epochOf(await findLease(cluster, signal));

/** The newest controller that has written on an object of ours: a lease can be deleted, or come back from a backup, and agents refuse all that is lower than what they have met. */
const readHighest = async (cluster: Cluster, signal?: AbortSignal): Promise<number> => (await cluster.list<V1ReplicaSet>('ReplicaSet', ours, signal)).items.reduce((highest, set) => Math.max(highest, readWritten(set)), 0);

/** Begins the next turn on top of the lease that was found: of two who try only one does it, the other one is refused with 409. `seen`: the highest epoch that this one has met. */
export async function takeLease(cluster: Cluster, holder: string, leaseS: number, found: V1Lease | undefined, seen: number, signal?: AbortSignal): Promise<V1Lease> {
  const former = Math.max(epochOf(found), seen, await readHighest(cluster, signal));
  const now = toMicroTime(new Date());
  const spec = { ...found?.spec, holderIdentity: holder, leaseDurationSeconds: leaseS, acquireTime: now, renewTime: now, leaseTransitions: former + 1 };
  return found ? cluster.replace({ ...found, spec }, signal) : cluster.create(makeLease(spec), signal);
}

/** Says that its holder is still there, on top of what the holder knows: refused with 409 when somebody else has changed it. */
export async function renewLease(cluster: Cluster, lease: V1Lease, signal?: AbortSignal): Promise<V1Lease> {
  return cluster.replace({ ...lease, spec: { ...lease.spec, renewTime: toMicroTime(new Date()) } }, signal);
}

/** Makes one that somebody has deleted again, with the number that it had: the next one would begin to count at 1, and be refused by every agent. */
export async function remakeLease(cluster: Cluster, { spec }: V1Lease, signal?: AbortSignal): Promise<V1Lease> {
  return cluster.create(makeLease({ ...spec, renewTime: toMicroTime(new Date()) }), signal);
}

/** Writes what its holder knows over an older one, which somebody has restored or begun to count at 1. */
export async function reclaimLease(cluster: Cluster, { spec }: V1Lease, older: V1Lease, signal?: AbortSignal): Promise<V1Lease> {
  return renewLease(cluster, { ...older, spec: spec! }, signal);
}

/** Whoever waits for it may take it at once. */
export async function releaseLease(cluster: Cluster, lease: V1Lease, signal?: AbortSignal): Promise<void> {
  await cluster.replace({ ...lease, spec: { ...lease.spec, holderIdentity: '' } }, signal);
}

/** Begins a turn whoever has the lease, and answers its epoch. */
export async function raiseEpoch(cluster: Cluster, holder: string): Promise<number> {
  return epochOf(await seizeLease(cluster, holder, 1));
}

export async function seizeLease(cluster: Cluster, holder: string, leaseS: number): Promise<V1Lease> {
  for (;;) {
    try {
      return await takeLease(cluster, holder, leaseS, await findLease(cluster), 0);
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
    }
  }
}

type MicroTime = NonNullable<NonNullable<V1Lease['spec']>['renewTime']>;

const makeLease = (spec: V1Lease['spec']): V1Lease => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, labels: ours }, ...(spec ? { spec } : {}) });

/** The API reads six digits of a second, no fewer. */
const toMicroTime = (date: Date): MicroTime => date.toISOString().replace('Z', '000Z') as unknown as MicroTime;
