import { createHash } from 'node:crypto';
import type { V1PodSpec, V1PodTemplateSpec, V1ResourceRequirements, V1TopologySpreadConstraint } from '@kubernetes/client-node';
import { limitBounds } from '@fapi/sdk/contract';
import { label, loadedGate, ours, ports, type Role } from './labels.ts';
import { toQuantity } from './size.ts';

export interface RunnerShape {
  image: string;
  /** Of every runner and workbench pod. */
  resources: V1ResourceRequirements;
  /** Such as a sandboxed one for strangers' code. */
  runtimeClassName?: string | undefined;
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** `ADDRESS:PORT` of the egress gateway: pods ask no name server. Without it nothing can be granted. */
  egress?: string | undefined;
}

export const agentSecretName = 'fapi-agent-tls';
export const egressSecretName = 'fapi-egress-tls';
export const serviceAccountName = 'fapi-runner';
const [tlsDir, stateDir, memoryDir] = ['/var/run/fapi/tls', '/var/run/fapi/state', '/var/run/fapi/memory'];
/** The agent drains for 30 s; the rest is for its own end. */
const graceS = 35;
const uid = 10_001;
export const containerName = 'runner';
/** The folder that an app writes to may hold so much in this pod. */
export const folderVariable = 'FAPI_POD_FOLDER_MIB';
/** Beside that folder in the same volume: 500 MiB of revisions that nobody needs now, those that are needed, their copies, and what an app writes between two looks at its folder. */
const besideFolderMiB = 1_536;

export const defaultResources: V1ResourceRequirements = {
  requests: { cpu: '100m', memory: '256Mi', 'ephemeral-storage': '256Mi' },
  // What every app may have, and 512 MiB for the agent and the one that is being made; the volume of a usual folder, and 512 MiB for /tmp and the log.
  limits: { cpu: '1', memory: '2Gi', 'ephemeral-storage': '2560Mi' },
};

/** The pod that serves any one app, or checks what is edited: restricted, without a token, ready only when we say so. */
export function makePodSpec(program: 'runner' | 'workbench', { image, resources, runtimeClassName, imagePullPolicy, egress }: RunnerShape, folderMiB: number = limitBounds.folderMiB.default): V1PodSpec {
  const probe = (path: string) => ({ httpGet: { path, port: ports.health } });
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: graceS,
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    securityContext: { runAsNonRoot: true, runAsUser: uid, runAsGroup: uid, fsGroup: uid, seccompProfile: { type: 'RuntimeDefault' } },
    readinessGates: [{ conditionType: loadedGate }],
    containers: [{
      name: containerName,
      image,
      ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
      command: ['python', '-m', 'fapi_runner', 'pod'],
      env: [
        { name: 'FAPI_POD_ROLE', value: program },
        { name: 'FAPI_POD_AGENT_PORT', value: String(ports.agent) },
        { name: 'FAPI_POD_APP_PORT', value: String(ports.app) },
        { name: 'FAPI_POD_HEALTH_PORT', value: String(ports.health) },
        { name: 'FAPI_POD_TLS_DIR', value: tlsDir },
        { name: 'FAPI_POD_STATE_DIR', value: stateDir },
        { name: 'FAPI_POD_MEMORY_DIR', value: memoryDir },
        { name: folderVariable, value: String(folderMiB) },
        ...(egress === undefined ? [] : [{ name: 'FAPI_POD_EGRESS', value: egress }]),
      ],
      ports: [{ name: 'agent', containerPort: ports.agent }, { name: 'app', containerPort: ports.app }, { name: 'health', containerPort: ports.health }],
      resources,
      startupProbe: { ...probe('/livez'), periodSeconds: 1, failureThreshold: 60 },
      livenessProbe: { ...probe('/livez'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
      readinessProbe: { ...probe('/readyz'), periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
      volumeMounts: [{ name: 'tls', mountPath: tlsDir, readOnly: true }, { name: 'state', mountPath: stateDir }, { name: 'memory', mountPath: memoryDir }, { name: 'tmp', mountPath: '/tmp' }],
    }],
    volumes: [
      { name: 'tls', secret: { secretName: agentSecretName, defaultMode: 0o400 } },
      { name: 'state', emptyDir: { sizeLimit: toQuantity(folderMiB + besideFolderMiB) } },
      // The environment of the app: on no disk, and hidden from the app as the key is.
      { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
    ],
  };
}

/** Names a pod template: another image, or another shape of pod, is another pool. */
export const hashRunner = (shape: RunnerShape): string => createHash('sha256').update(JSON.stringify([makePodSpec('runner', shape), makePodSpec('workbench', shape)])).digest('hex').slice(0, 10);

export function makePodTemplate(role: Role, shape: RunnerShape, more: Record<string, string> = {}, resources = shape.resources, folderMiB?: number): V1PodTemplateSpec {
  const program = role === 'pool' || role === 'app' ? 'runner' : 'workbench';
  return { metadata: { labels: { ...ours, [label.role]: role, [label.runner]: hashRunner(shape), ...more } }, spec: { ...makePodSpec(program, { ...shape, resources }, folderMiB), topologySpreadConstraints: [spread({ [label.role]: role, ...more })] } };
}

/** Where there are several nodes no one of them has all: a wish, so that a cluster of one node serves too. By node alone: where no node names its zone, the scheduler would forget the nodes as well. */
const spread = (matchLabels: Record<string, string>): V1TopologySpreadConstraint => ({ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels } });
