import type { V1Pod } from '@kubernetes/client-node';
import type { Cluster } from '../cluster/cluster.ts';
import type { Mirror } from '../cluster/mirror.ts';
import { loadedGate } from '../objects/labels.ts';

export const isGateOpen = ({ status }: V1Pod): boolean => status?.conditions?.some(({ type, status: held }) => type === loadedGate && held === 'True') ?? false;

/** Lets the cluster count this pod among those that are asked: its app is in it. */
export type OpenGate = (name: string) => Promise<void>;

export function createGate(cluster: Cluster, pods: Mirror<V1Pod>, now: () => Date): OpenGate {
  // Whoever gives a pod its app and whoever looks after it come to this at once.
  const opening = new Map<string, Promise<void>>();
  const open = async (name: string): Promise<void> => {
    pods.note(await cluster.patchStatus<V1Pod>('Pod', name, { conditions: [{ type: loadedGate, status: 'True', lastTransitionTime: now().toISOString() }] }));
  };
  return async (name) => {
    const pod = pods.get(name);
    if (!pod || isGateOpen(pod)) return;
    const uid = pod.metadata!.uid!;
    const patching = opening.get(uid) ?? open(name).finally(() => opening.delete(uid));
    opening.set(uid, patching);
    await patching;
  };
}
