import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { Cluster } from '../cluster/cluster.ts';
import { ClusterError, isPassing } from '../cluster/errors.ts';
import type { Mirror } from '../cluster/mirror.ts';
import { sizeApp } from '../objects/memory.ts';
import { containerName, type RunnerShape } from '../objects/pod.ts';
import type { AppRecord } from '../objects/record.ts';

const memoryOf = (pod: V1Pod): string | undefined => pod.spec?.containers.find(({ name }) => name === containerName)?.resources?.limits?.['memory'];

/** Those that have other memory than the app may have. */
export function findUnfit(pods: readonly V1Pod[], record: Pick<AppRecord, 'release' | 'candidate'>, { resources }: RunnerShape): V1Pod[] {
  const memory = sizeApp(record, resources).limits?.['memory'];
  return memory === undefined ? [] : pods.filter((pod) => memoryOf(pod) !== memory);
}

/**
 * Gives the pods of an app the memory that it may have, while they run. Those that are made from now on have it by their template.
 * A cluster that cannot or may not resize (a node before 1.33, a quota) is an outcome: answers the pods that keep what they have, and the log says so.
 */
export async function fitPods(cluster: Cluster, mirror: Mirror<V1Pod>, pods: readonly V1Pod[], record: AppRecord, shape: RunnerShape, logger: Logger): Promise<V1Pod[]> {
  const memory = sizeApp(record, shape.resources).limits?.['memory'];
  const kept = await Promise.all(findUnfit(pods, record, shape).map(async (pod) => {
    const { name = '' } = pod.metadata ?? {};
    try {
      mirror.note(await cluster.resize<V1Pod>(name, { containers: [{ name: containerName, resources: { limits: { memory: memory! } } }] }));
      return [];
    } catch (error) {
      if (!(error instanceof ClusterError) || isPassing(error.status)) throw error;
      logger.warn({ appId: record.appId, pod: name, memory, reason: error.message }, 'a pod keeps the memory that it has');
      return [pod];
    }
  }));
  return kept.flat();
}
