import type { V1ContainerStatus, V1Pod, V1ReplicaSet } from '@kubernetes/client-node';
import type { FailureReport } from '@fapi/sdk/contract';
import type { AppState } from '../../agent/messages.ts';
import { toObserved as toSeen } from '../agent/to-observed.ts';
import type { Observed } from '../runtime.ts';
import type { AppRecord } from './objects/record.ts';

/** One pod of an app and what its agent says; undefined of an agent that has never heard of it. */
export interface Sight { pod: V1Pod; state: AppState | undefined }

/** Pure: an app in the words of the port, from its record and those of its agents that answer. */
export function toObserved(record: AppRecord, sights: readonly Sight[], pods: readonly V1Pod[], lastCrash?: Observed['lastCrash']): Observed | undefined {
  const { appId, state, release } = record;
  if (state === 'removed') return undefined;
  if (state !== 'live') return { appId, health: 'stopped' };
  const seen = sights.flatMap((sight) => (sight.state ? [toSeen(sight.state)] : []));
  const serving = seen.filter(({ active }) => active !== undefined);
  const [failure] = seen.flatMap((one) => one.failure ?? []).toSorted((a, b) => b.generation - a.generation);
  const common = {
    appId, failure, lastCrash, candidate: findCandidate(seen, sights.length),
    ...pick('rolledBack', seen.find((one) => one.rolledBack)?.rolledBack),
    ...pick('trouble', seen.find((one) => one.trouble)?.trouble),
    ...(seen.some((one) => one.isCrashLooping) ? { isCrashLooping: true } : {}),
  };
  // The oldest that anybody is answered by: until the last pod has switched, the switch is not over.
  if (serving.length > 0) return { ...common, active: serving.map(({ active }) => active!).toSorted((a, b) => a.generation - b.generation)[0], health: (['running', 'asleep', 'crashed'] as const).find((health) => seen.some((one) => one.health === health)) ?? 'stopped' };
  // An agent that has it and is answered by nobody knows best.
  const isCrashed = seen.some(({ health }) => health === 'crashed');
  if (isCrashed || !release) return { ...common, active: undefined, health: isCrashed ? 'crashed' : 'stopped' };
  // It is brought back here: whoever asks for it again would only be in the way.
  const active = { generation: release.generation, revision: release.revision };
  return { ...common, active, health: 'crashed', failure: { generation: release.generation, report: explainLoss(pods) } };
}

/** Made only where every agent has it, or serves it already. */
function findCandidate(seen: readonly Observed[], all: number): Observed['candidate'] {
  const [newest] = seen.flatMap(({ candidate }) => candidate ?? []).toSorted((a, b) => b.generation - a.generation);
  const hasIt = ({ candidate, active }: Observed): boolean => [candidate, active].some((one) => one?.generation === newest?.generation);
  return newest && seen.length === all && seen.every(hasIt) ? newest : undefined;
}

/** What the cluster says of pods that do not serve, as a failure like any other. */
function explainLoss(pods: readonly V1Pod[]): FailureReport {
  const ended = pods.flatMap((pod) => pod.status?.containerStatuses ?? []).map((status) => status.state?.terminated ?? status.lastState?.terminated).find((one) => one !== undefined);
  const isMemory = ended?.reason === 'OOMKilled';
  const words = explainPods(pods, undefined);
  return {
    phase: 'running', class: isMemory ? 'memory' : 'killed', frames: [], output: [],
    message: isMemory ? 'the pod had no memory left and is being started again' : words === undefined ? "the app's pod is away and it is being brought back" : `the app's pod is away and it is being brought back: ${words}`,
    ...(ended?.exitCode === undefined ? {} : { exitCode: ended.exitCode }),
  };
}

/** Why nobody of an app can be asked, in the cluster's own words; undefined when there is nothing to say. */
export function explainPods(pods: readonly V1Pod[], set: V1ReplicaSet | undefined): string | undefined {
  const refused = set?.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (refused && pods.length === 0) return `the cluster makes no pod: ${refused.message ?? refused.reason ?? 'it does not say why'}`;
  return pods.map(explainPod).find((words) => words !== undefined);
}

function explainPod({ metadata, status }: V1Pod): string | undefined {
  const name = metadata?.name ?? '';
  const unplaced = status?.conditions?.find(({ type, status: held }) => type === 'PodScheduled' && held === 'False');
  if (unplaced) return `pod ${name} has no node: ${unplaced.message ?? unplaced.reason ?? 'it does not say why'}`;
  const container = status?.containerStatuses?.map(explainContainer).find((words) => words !== undefined);
  if (container !== undefined) return `pod ${name}: ${container}`;
  if (status?.phase === 'Failed') return `pod ${name} has failed: ${status.message ?? status.reason ?? 'it does not say why'}`;
  return status?.phase === 'Pending' ? `pod ${name} is being started` : undefined;
}

function explainContainer({ state, image }: V1ContainerStatus): string | undefined {
  const { waiting, terminated } = state ?? {};
  if (terminated) return `it ended with ${terminated.reason ?? `exit code ${terminated.exitCode}`}`;
  if (!waiting?.reason || waiting.reason === 'ContainerCreating' || waiting.reason === 'PodInitializing') return undefined;
  return `${waiting.reason} of ${image}${waiting.message ? ` (${waiting.message})` : ''}`;
}

/** One that is ending is nobody's any more. */
export const isStaying = ({ metadata, status }: V1Pod): boolean => !metadata?.deletionTimestamp && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';

/** Fresh: nothing of the app has ever been served by this agent, or is just being made. */
export const isFresh = (state: AppState | undefined): boolean => !state || (!state.active && !state.sleeping && (state.phase === 'idle' || state.phase === 'stopped'));

const pick = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } => (value === undefined ? {} : { [key]: value } as { [P in K]: V });
