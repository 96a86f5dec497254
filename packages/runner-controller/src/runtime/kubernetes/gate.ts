import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './cluster/cluster.ts';
import type { Mirror } from './cluster/mirror.ts';
import { loadedGate } from './objects/labels.ts';

export const isGateOpen = ({ status }: V1Pod): boolean => status?.conditions?.some(({ type, status: held }) => type === loadedGate && held === 'True') ?? false;

/** Lets the cluster count this pod among those that are asked: its app is in it. */
export async function openGate(cluster: Cluster, pods: Mirror<V1Pod>, name: string, now: Date): Promise<void> {
  const pod = pods.get(name);
  if (!pod || isGateOpen(pod)) return;
  pods.note(await cluster.patchStatus<V1Pod>('Pod', name, { conditions: [{ type: loadedGate, status: 'True', lastTransitionTime: now.toISOString() }] }));
}
