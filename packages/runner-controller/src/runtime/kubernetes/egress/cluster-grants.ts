import { setTimeout as pause } from 'node:timers/promises';
import type { V1Pod, V1ReplicaSet, V1Secret } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { GrantSource, TlsIdentity } from '../../../egress/grant-source.ts';
import { createCluster, loadKubeConfig } from '../cluster/cluster.ts';
import { createMirror } from '../cluster/mirror.ts';
import { annotation, label, ours } from '../objects/labels.ts';
import { toAppName } from '../objects/names.ts';
import { egressSecretName } from '../objects/pod.ts';
import { listGrants, readRecord } from '../objects/record.ts';

export interface ClusterGrantsOptions {
  /** Undefined inside a cluster. */
  kubeconfig: string | undefined;
  namespace: string;
  logger: Logger;
  signal: AbortSignal;
  /** How often everything is listed again, watch or no watch. */
  resyncMs?: number;
  /** Told of every call to the API: the Role of the egress gateway has just these verbs. */
  onCall?: (verb: string, resource: string) => void;
}

export interface ClusterGrants extends GrantSource {
  /** All was listed once. From then on it stands, also while the cluster cannot be asked. */
  hasSynced(): boolean;
  /** Undefined while the controller has not made one. Rejects when the cluster cannot be asked. */
  findIdentity(): Promise<TlsIdentity | undefined>;
  waitForIdentity(): Promise<TlsIdentity>;
}

const askAgainMs = 2_000;

/** The grants as the controller has written them on each app's ReplicaSet, and whose pod is where. */
export function openClusterGrants({ kubeconfig, namespace, logger, signal, resyncMs = 300_000, onCall }: ClusterGrantsOptions): ClusterGrants {
  const cluster = createCluster({ config: loadKubeConfig(kubeconfig), namespace, ...(onCall ? { onCall } : {}) });
  const watchers = new Set<() => void>();
  const tell = (): void => {
    for (const watcher of watchers) watcher();
  };
  let isSynced = false;
  const follow = { labels: ours, resyncMs, logger, signal, onChange: tell };
  const sets = createMirror<V1ReplicaSet>(cluster, { ...follow, kind: 'ReplicaSet', keyOf: () => undefined });
  const byUid = new Map<string, V1Pod>();
  const pods = createMirror<V1Pod>(cluster, {
    ...follow, kind: 'Pod', keyOf: addressOf,
    onChange(now, before) {
      if (before) byUid.delete(before.metadata!.uid!);
      if (now) byUid.set(now.metadata!.uid!, now);
      tell();
    },
  });
  void Promise.all([sets.synced, pods.synced]).then(() => (isSynced = true));

  const findIdentity = async (): Promise<TlsIdentity | undefined> => {
    const secret = await cluster.find<V1Secret>('Secret', egressSecretName, signal);
    const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => Buffer.from(secret?.data?.[name] ?? '', 'base64').toString('utf8'));
    return ca && cert && key ? { ca, cert, key } : undefined;
  };
  return {
    findApp({ app, pod: uid, epoch }) {
      const pod = byUid.get(uid);
      if (pod === undefined || hasEnded(pod)) return { objection: 'there is no such pod (any more)' };
      const { name = '', labels = {}, annotations = {} } = pod.metadata ?? {};
      if (labels[label.role] !== 'app' || labels[label.app] !== app) return { objection: `pod ${name} is no pod of ${app}` };
      // One that was overtaken before this pod was the app's has no say in it.
      if (epoch < Number(annotations[annotation.epoch] ?? 0)) return { objection: `pod ${name} was claimed after controller ${epoch}` };
      const set = sets.get(`app-${app}`);
      const appId = set && readRecord(set)?.appId;
      return appId === undefined ? { objection: `there is no record of ${app}` } : { appId, pod: name };
    },
    isPod: (address) => pods.of(address).length > 0,
    isGranted(appId, host, port) {
      const set = sets.get(toAppName(appId));
      const record = set && readRecord(set);
      return record !== undefined && record.appId === appId && record.state !== 'removed' && listGrants(record).some((grant) => grant.host === host && grant.port === port);
    },
    problem: () => sets.problem() ?? pods.problem() ?? (isSynced ? undefined : 'not asked yet'),
    hasSynced: () => isSynced,
    watch(onChange) {
      watchers.add(onChange);
      return () => void watchers.delete(onChange);
    },
    findIdentity,
    async waitForIdentity() {
      for (let said = ''; ;) {
        const found = await findIdentity().catch((error: unknown) => {
          signal.throwIfAborted();
          return error as Error;
        });
        if (found && !(found instanceof Error)) return found;
        const reason = found?.message ?? `the controller has not made the Secret ${egressSecretName} yet`;
        if (reason !== said) logger.warn({ reason }, 'the egress gateway waits for its certificate');
        said = reason;
        await pause(askAgainMs, undefined, { signal });
      }
    },
  };
}

const hasEnded = ({ status }: V1Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
/** Of one that has ended the address may be another one's. */
const addressOf = (pod: V1Pod): string | undefined => (hasEnded(pod) ? undefined : pod.status?.podIP);
