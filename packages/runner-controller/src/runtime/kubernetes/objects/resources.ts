import type { V1PodDisruptionBudget, V1PodTemplateSpec, V1ReplicaSet, V1Secret, V1Service, V1ServiceAccount } from '@kubernetes/client-node';
import { annotation, label, ours, ports } from './labels.ts';
import { toAppName, toLabel } from './names.ts';
import { sizeApp } from './memory.ts';
import { hashRunner, makePodTemplate, type RunnerShape, serviceAccountName } from './pod.ts';
import { type AppRecord, writeRecord } from './record.ts';

/** How the pods of one app are told from all others. */
export const selectApp = (appId: string): Record<string, string> => ({ [label.app]: toLabel(appId), [label.role]: 'app' });

/** Runs as nobody in particular: what it may ask of the API is nothing. */
export const makeServiceAccount = (): V1ServiceAccount => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccountName, labels: ours }, automountServiceAccountToken: false });

export const makeSecret = (name: string, type: 'Opaque' | 'kubernetes.io/tls', stringData: Record<string, string>): V1Secret => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, labels: ours }, type, stringData });

/** Free pods of one kind and shape: whoever is claimed leaves by its label and is replaced. */
export function makePool(role: 'pool' | 'workbench-pool', shape: RunnerShape, replicas: number): V1ReplicaSet {
  const hash = hashRunner(shape);
  return {
    apiVersion: 'apps/v1', kind: 'ReplicaSet',
    metadata: { name: `${role}-${hash}`, labels: { ...ours, [label.role]: role, [label.runner]: hash } },
    spec: { replicas, selector: { matchLabels: { [label.role]: role, [label.runner]: hash } }, template: makePodTemplate(role, shape) },
  };
}

/** How many pods an app is to have: what two cannot own at once has one, whether it serves or is about to. A candidate that never serves makes no further pod for the release. */
export function countReplicas({ state, release, candidate }: AppRecord, replicas: number): number {
  if (state !== 'live') return 0;
  return release?.settings.exclusive || candidate?.settings.exclusive ? 1 : replicas;
}

/** The app itself: its pods, and on it everything that is known of it. */
export function makeApp(record: AppRecord, shape: RunnerShape, replicas: number): V1ReplicaSet {
  const selector = selectApp(record.appId);
  return {
    apiVersion: 'apps/v1', kind: 'ReplicaSet',
    metadata: { name: toAppName(record.appId), labels: { ...ours, ...selector, [label.runner]: hashRunner(shape) }, annotations: writeRecord(record) },
    spec: { replicas: countReplicas(record, replicas), selector: { matchLabels: selector }, template: annotate(makePodTemplate('app', shape, selector, sizeApp(record, shape.resources)), { [annotation.epoch]: String(record.epoch) }) },
  };
}

/** A pod that the cluster makes is as new as the controller that wished for it, like one that is claimed. */
const annotate = (template: V1PodTemplateSpec, annotations: Record<string, string>): V1PodTemplateSpec => ({ ...template, metadata: { ...template.metadata, annotations } });

/** Where an app is reached; on it stands what gateways are to know of it. */
export const makeService = ({ appId, host, generation, state }: Pick<AppRecord, 'appId' | 'host' | 'generation' | 'state'>): V1Service => ({
  apiVersion: 'v1', kind: 'Service',
  metadata: {
    name: toAppName(appId), labels: { ...ours, ...selectApp(appId) },
    annotations: { [annotation.appId]: appId, [annotation.host]: host, [annotation.generation]: String(generation), [annotation.state]: state },
  },
  spec: { selector: selectApp(appId), ports: [{ name: 'http', port: 80, targetPort: ports.app, protocol: 'TCP' }] },
});

/** Never for one pod: a budget of it would keep every node from being drained. */
export const makeBudget = (appId: string, replicas: number): V1PodDisruptionBudget | undefined => replicas < 2 ? undefined : ({
  apiVersion: 'policy/v1', kind: 'PodDisruptionBudget',
  metadata: { name: toAppName(appId), labels: { ...ours, ...selectApp(appId) } },
  spec: { maxUnavailable: 1, selector: { matchLabels: selectApp(appId) } },
});
