import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { limitBounds } from '@fapi/sdk/contract';
import type { Logger } from 'pino';
import type { Cluster } from '../cluster/cluster.ts';
import { ClusterError, isPassing } from '../cluster/errors.ts';
import type { Mirror } from '../cluster/mirror.ts';
import { containerName, folderVariable, type RunnerShape } from '../objects/pod.ts';
import type { AppRecord } from '../objects/record.ts';
import { sizeApp, sizeFolder } from '../objects/size.ts';

type Releases = Pick<AppRecord, 'release' | 'candidate'>;

const runnerOf = (pod: V1Pod): V1Container | undefined => pod.spec?.containers.find(({ name }) => name === containerName);
const memoryOf = (pod: V1Pod): string | undefined => runnerOf(pod)?.resources?.limits?.['memory'];
const folderOf = (pod: V1Pod): number => Number(runnerOf(pod)?.env?.find(({ name }) => name === folderVariable)?.value ?? limitBounds.folderMiB.default);
/** A volume never grows. */
const isNarrow = (pod: V1Pod, app: Releases): boolean => folderOf(pod) < sizeFolder(app);
const hasOtherMemory = (pod: V1Pod, app: Releases, { resources }: RunnerShape): boolean => {
  const memory = sizeApp(app, resources).limits?.['memory'];
  return memory !== undefined && memoryOf(pod) !== memory;
};

/** Those that have other memory than the app may have, or less room for its folder. */
export const findUnfit = (pods: readonly V1Pod[], app: Releases, shape: RunnerShape): V1Pod[] => pods.filter((pod) => isNarrow(pod, app) || hasOtherMemory(pod, app, shape));

/**
 * Gives the pods of an app the memory that it may have, while they run. Those that are made from now on have it by their template, as the room for its folder, which no pod gets later.
 * A cluster that cannot or may not resize (a node before 1.33, a quota) is an outcome: answers the pods that keep what they have, and the log says so.
 */
export async function fitPods(cluster: Cluster, mirror: Mirror<V1Pod>, pods: readonly V1Pod[], record: AppRecord, shape: RunnerShape, logger: Logger): Promise<V1Pod[]> {
  const memory = sizeApp(record, shape.resources).limits?.['memory'];
  const resize = async (pod: V1Pod): Promise<boolean> => {
    const { name = '' } = pod.metadata ?? {};
    try {
      mirror.note(await cluster.resize<V1Pod>(name, { containers: [{ name: containerName, resources: { limits: { memory: memory! } } }] }));
      return true;
    } catch (error) {
      if (!(error instanceof ClusterError) || isPassing(error.status)) throw error;
      logger.warn({ appId: record.appId, pod: name, memory, reason: error.message }, 'a pod keeps the memory that it has');
      return false;
    }
  };
  const kept = await Promise.all(pods.map(async (pod) => {
    const narrow = isNarrow(pod, record);
    if (narrow) logger.warn({ appId: record.appId, pod: pod.metadata?.name, folderMiB: folderOf(pod), wantedMiB: sizeFolder(record) }, 'a pod keeps the room for the folder that it has');
    const isResized = !hasOtherMemory(pod, record, shape) || await resize(pod);
    return narrow || !isResized ? [pod] : [];
  }));
  return kept.flat();
}
