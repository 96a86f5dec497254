import { cancellableStatuses, type Deployment, type DeploymentStatus, deploymentStages, type DeploymentStage, unsettledStatuses } from '@fapi/sdk/contract';
import type { RunnerStatus, StageReport } from '@fapi/runner-controller/work';

/** THE table: from each status, where it may go. An end goes nowhere; a live one is stopped by its successor or its app. From `starting` on only the controller's own word makes it `cancelled`: it knows whether the switch was made. */
export const transitions: Record<DeploymentStatus, readonly DeploymentStatus[]> = {
  queued: ['validating', 'preparing', 'starting', 'verifying', 'live', 'failed', 'cancelled', 'superseded'],
  validating: ['preparing', 'starting', 'verifying', 'live', 'failed', 'cancelled', 'superseded'],
  preparing: ['starting', 'verifying', 'live', 'failed', 'cancelled', 'superseded'],
  starting: ['verifying', 'live', 'failed', 'cancelled', 'superseded'],
  verifying: ['live', 'failed', 'cancelled', 'superseded'],
  live: ['failed', 'stopped'],
  failed: [],
  cancelled: [],
  superseded: [],
  stopped: [],
};

export const canBecome = (from: DeploymentStatus, to: DeploymentStatus): boolean => transitions[from].includes(to);
/** From where a deployment may come to be written with this status: by a transition, or with more of its stages while somebody works on it. */
export const sourcesOf = (status: DeploymentStatus): DeploymentStatus[] =>
  (Object.keys(transitions) as DeploymentStatus[]).filter((from) => canBecome(from, status) || (from === status && isUnsettled(from)));
/** Neither live nor ended: somebody still works on it. */
export const isUnsettled = (status: DeploymentStatus): boolean => (unsettledStatuses as readonly DeploymentStatus[]).includes(status);
/** By its status alone, without asking whoever would make the switch. */
export const isCancellable = (status: DeploymentStatus): boolean => (cancellableStatuses as readonly DeploymentStatus[]).includes(status);

type Progress = Pick<Deployment, 'status' | 'stages' | 'reason' | 'message' | 'failure' | 'findings' | 'liveAt' | 'endedAt'>;

/** Pure: what a runner's word changes about a deployment of the same generation, or undefined when it changes nothing. Late, doubled and reordered words change nothing. */
export function applyStatus(deployment: Progress, status: RunnerStatus, at: string): Progress | undefined {
  const target = targetOf(deployment.status, status);
  const isEnded = !isUnsettled(deployment.status);
  if (isEnded && (target === undefined || !canBecome(deployment.status, target))) return undefined;
  const stages = mergeStages(deployment.stages, status.stages);
  const next = target !== undefined && canBecome(deployment.status, target) ? target : deployment.status;
  if (next === deployment.status && JSON.stringify(stages) === JSON.stringify(deployment.stages)) return undefined;
  return {
    ...deployment,
    status: next,
    stages: isUnsettled(next) ? stages : closeStages(stages, at, next === 'failed' ? status.reason : next === 'cancelled' ? 'cancelled' : undefined),
    ...(next === 'failed' ? { reason: status.reason, message: status.message, failure: status.failure, findings: status.findings, endedAt: at } : {}),
    ...(next === 'cancelled' ? { reason: 'cancelled' as const, endedAt: at } : {}),
    ...(next === 'live' && deployment.status !== 'live' ? { liveAt: at } : {}),
  };
}

function targetOf(from: DeploymentStatus, status: RunnerStatus): DeploymentStatus | undefined {
  if (status.phase === 'live' || status.phase === 'failed' || status.phase === 'cancelled') return status.phase;
  const last = status.stages.at(-1)?.name;
  // A controller that starts over reports early stages again: a deployment never goes back.
  return last !== undefined && deploymentStages.indexOf(last) > (deploymentStages as readonly string[]).indexOf(from) ? last : undefined;
}

/** The first start and the first end of each stage win; the queue ends where work begins. */
function mergeStages(known: readonly DeploymentStage[], reported: readonly StageReport[]): DeploymentStage[] {
  const merged = new Map(known.map((stage) => [stage.name, stage]));
  for (const stage of reported) {
    const former = merged.get(stage.name);
    merged.set(stage.name, former?.endedAt === undefined ? { ...stage, startedAt: former?.startedAt ?? stage.startedAt } : former);
  }
  const begun = reported[0]?.startedAt;
  const queued = merged.get('queued');
  if (begun !== undefined && queued && queued.endedAt === undefined) merged.set('queued', { ...queued, endedAt: begun, durationMs: Math.max(0, Date.parse(begun) - Date.parse(queued.startedAt)) });
  return deploymentStages.flatMap((name) => merged.get(name) ?? []);
}

/** Ends what is open, measured by our clock where nobody has measured it; the last stage says why it was the last. */
const closeStages = (stages: readonly DeploymentStage[], at: string, reason: Progress['reason']): DeploymentStage[] => stages.map((stage, index) => ({
  ...stage, ...(stage.endedAt === undefined ? { endedAt: at, durationMs: Math.max(0, Date.parse(at) - Date.parse(stage.startedAt)) } : {}), ...(reason !== undefined && index === stages.length - 1 ? { reason } : {}),
}));

type Ending = Pick<Progress, 'reason' | 'message'> & { end: 'failed' | 'stopped' };

/** How what was live ends when another deployment is live: taken back because of what it did, gone back from, or just followed. */
export function endOfReplaced(former: Pick<Deployment, 'revision' | 'envVersion'>, by: Pick<Deployment, 'generation' | 'revision' | 'envVersion' | 'trigger' | 'comment' | 'createdBy'>): Ending {
  const isOther = former.revision !== by.revision || former.envVersion !== by.envVersion;
  if (by.trigger === 'rollback' && isOther) return { end: 'failed', reason: 'rolled_back', message: by.comment ?? `deployment ${by.generation} was brought back instead` };
  if (by.trigger === 'revert') return { end: 'stopped', reason: 'reverted', message: `${by.createdBy} went back to an earlier revision with deployment ${by.generation}` };
  return { end: 'stopped', reason: 'superseded', message: `deployment ${by.generation} is live` };
}

/** Ends an unsettled deployment from our side; undefined when the table forbids it. */
export function endDeployment(deployment: Progress, end: 'cancelled' | 'superseded' | 'failed' | 'stopped', at: string, because: Pick<Progress, 'reason' | 'message'>): Progress | undefined {
  if (!canBecome(deployment.status, end)) return undefined;
  return { ...deployment, ...because, status: end, endedAt: at, stages: closeStages(deployment.stages, at, because.reason) };
}
