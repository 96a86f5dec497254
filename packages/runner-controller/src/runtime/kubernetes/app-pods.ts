import type { V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import { RuntimeUnavailableError } from '../runtime.ts';
import type { PodAgents } from './agents/agents.ts';
import type { PodLink } from './agents/pod-link.ts';
import type { Bell } from './bell.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Mirror } from './cluster/mirror.ts';
import type { Reign } from './cluster/reign.ts';
import { toAppName, toLabel } from './objects/names.ts';
import { explainPods, isStaying } from './observe.ts';

/** The pods of each app, and who answers in them. */
export interface AppPods {
  of(appId: string): V1Pod[];
  /** The agents of an app that answer now. */
  linksOf(appId: string): PodLink[];
  /** The same, one at least: a node that is gone does not keep the others from being asked. Rejects with `RuntimeUnavailableError`, in the cluster's words, when there is none in time. */
  reach(appId: string, signal: AbortSignal): Promise<PodLink[]>;
  /** By name, so that nobody is given to a pod that the cluster is about to end. */
  end(ended: readonly V1Pod[]): Promise<void>;
}

export interface AppPodsOptions { cluster: Cluster; reign: Reign; pods: Mirror<V1Pod>; sets: Mirror<V1ReplicaSet>; agents: PodAgents; bell: Bell; reachMs: number }

export function createAppPods({ cluster, reign, pods, sets, agents, bell, reachMs }: AppPodsOptions): AppPods {
  const of = (appId: string): V1Pod[] => pods.of(`app ${toLabel(appId)}`).filter(isStaying);
  const linksOf = (appId: string): PodLink[] => of(appId).flatMap((pod) => agents.of(pod) ?? []);
  return {
    of,
    linksOf,
    async reach(appId, signal) {
      const found = await bell.until(() => {
        reign.assert();
        const links = linksOf(appId);
        return links.length > 0 ? links : undefined;
      }, reachMs, signal);
      if (found) return found;
      const [pod] = of(appId);
      const words = explainPods(of(appId), sets.get(toAppName(appId))) ?? (pod ? `the agent of pod ${pod.metadata?.name} does not answer yet` : 'none has been started');
      throw new RuntimeUnavailableError(`no pod of the app answers after ${reachMs / 1_000} s: ${words}`);
    },
    async end(ended) {
      for (const pod of ended) {
        const ending = await cluster.remove<V1Pod>('Pod', pod.metadata!.name!);
        if (ending?.kind === 'Pod') pods.note(ending);
      }
    },
  };
}
