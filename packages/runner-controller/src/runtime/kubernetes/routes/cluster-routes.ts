import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { RouteEntry, RouteSource } from '../../../gateway/routes/route-source.ts';
import { createCluster, loadKubeConfig } from '../cluster/cluster.ts';
import { createMirror } from '../cluster/mirror.ts';
import { label, ours } from '../objects/labels.ts';
import { toRoute } from './to-route.ts';

export interface ClusterRoutesOptions {
  /** Undefined inside a cluster. */
  kubeconfig: string | undefined;
  namespace: string;
  clock: () => number;
  logger: Logger;
  /** How often everything is listed again, watch or no watch. */
  resyncMs?: number;
  /** Told of every call to the API: the Role of the gateway has just these verbs. */
  onCall?: (verb: string, resource: string) => void;
}

/** Many changes come together, and each table is a whole one. */
const gatherMs = 10;
const serviceLabel = 'kubernetes.io/service-name';

/** The routes as the cluster tells them. While it cannot be asked, the last ones stand. */
export function createClusterRoutes({ kubeconfig, namespace, clock, logger, resyncMs = 300_000, onCall }: ClusterRoutesOptions): RouteSource {
  const cluster = createCluster({ config: loadKubeConfig(kubeconfig), namespace, ...(onCall ? { onCall } : {}) });
  let problem = (): string | undefined => 'not asked yet';
  let reachedAt = clock();
  const look = (): number => {
    if (problem() === undefined) reachedAt = clock();
    return reachedAt;
  };
  return {
    reachedAt: look,
    async follow(apply, signal) {
      const known = new Map<string, RouteEntry>();
      let version = 0;
      let isComplete = false;
      let gathering: NodeJS.Timeout | undefined;
      const tell = (): void => {
        gathering = undefined;
        apply({ origin: namespace, version: ++version, routes: [...known.values()] });
      };
      const renew = (name: string | undefined): void => {
        if (name === undefined) return;
        const service = services.get(name);
        const route = service && toRoute(service, slices.of(name));
        if (route) known.set(name, route);
        else known.delete(name);
        if (isComplete) gathering ??= setTimeout(tell, gatherMs);
      };
      // Slices have the labels of their Service.
      const follow = { labels: { ...ours, [label.role]: 'app' }, resyncMs, logger, signal };
      const nameOf = (slice: V1EndpointSlice): string | undefined => slice.metadata?.labels?.[serviceLabel];
      const services = createMirror<V1Service>(cluster, { ...follow, kind: 'Service', keyOf: () => undefined, onChange: (now, before) => renew((now ?? before)?.metadata?.name) });
      const slices = createMirror<V1EndpointSlice>(cluster, { ...follow, kind: 'EndpointSlice', keyOf: nameOf, onChange: (now, before) => renew(nameOf((now ?? before)!)) });
      problem = () => services.problem() ?? slices.problem();
      const ended = Promise.all([services.ended, slices.ended]);
      await Promise.race([ended, Promise.all([services.synced, slices.synced])]);
      if (!signal.aborted) {
        isComplete = true;
        tell();
      }
      await ended;
      clearTimeout(gathering);
    },
  };
}
