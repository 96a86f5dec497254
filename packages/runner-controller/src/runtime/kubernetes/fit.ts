import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { Cluster } from './cluster/cluster.ts';
import { ClusterError, isPassing } from './cluster/errors.ts';
import type { Mirror } from './cluster/mirror.ts';
import { sizeApp } from './objects/memory.ts';
import { containerName, type RunnerShape } from './objects/pod.ts';
import type { AppRecord } from './objects/record.ts';

/**
 * Gives the pods of an app the memory that it may have, while they run. Those that are made from now on have it by their template.
 * A cluster that cannot or may not resize (a node before 1.33, a quota) is an outcome: answers the pods that keep what they have, and the log says so.
 */
export async function fitPods(cluster: Cluster, mirror: Mirror<V1Pod>, pods: readonly V1Pod[], record: AppRecord, { resources }: RunnerShape, logger: Logger): Promise<V1Pod[]> {
  const memory = sizeApp(record, resources).limits?.['memory'];
  const kept = await Promise.all(pods.map(async (pod) => {
    const { name = '' } = pod.metadata ?? {};
    const now = pod.spec?.containers.find((container) => container.name === containerName)?.resources?.limits?.['memory'];
    if (memory === undefined || now === memory) return [];
    try {
      mirror.note(await cluster.resize<V1Pod>(name, { containers: [{ name: containerName, resources: { limits: { memory } } }] }));
      return [];
    } catch (error) {
      if (!(error instanceof ClusterError) || isPassing(error.status)) throw error;
      logger.warn({ appId: record.appId, pod: name, memory, reason: error.message }, 'a pod keeps the memory that it has');
      return [pod];
    }
  }));
  return kept.flat();
}
