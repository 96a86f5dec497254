import { type DeploymentReason, type DeploymentStage, deploymentStages } from '@fapi/sdk/contract';
import type { RunnerStatus } from '@fapi/runner-controller/work';
import { type DeploymentEvent, isEnded, next } from './deployment.ts';
import type { DeploymentRecord } from './records.ts';

/** Takes a whole status into a deployment. Answers the same object when it says nothing new: duplicates, late ones and those of another generation change nothing. */
export function applyStatus(deployment: DeploymentRecord, status: RunnerStatus, now: string): DeploymentRecord {
  if (status.generation !== deployment.generation || isEnded(deployment.status)) return deployment;
  const isLive = deployment.status === 'live';
  let changed: DeploymentRecord = { ...deployment, stages: isLive ? deployment.stages : mergeStages(deployment.stages, status.stages) };
  for (const event of eventsOf(status)) {
    const to = next(changed.status, event);
    if (to === undefined) continue;
    changed = { ...changed, status: to };
    if (to === 'live') changed = { ...changed, liveAt: now, stages: withStage(changed.stages, 'live', now) };
    else if (isEnded(to)) changed = { ...endDeployment(changed, now), ...wordsOf(status) };
  }
  // While it is live, its last crash is shown for as long as it lies there.
  if (changed.status === 'live') changed = status.crash ? { ...changed, failure: status.crash } : without(changed, 'failure');
  return JSON.stringify(changed) === JSON.stringify(deployment) ? deployment : { ...changed, progressAt: now };
}

/** The deployment after an event of our own, or the same object when the event changes nothing. */
export function applyEvent(deployment: DeploymentRecord, event: DeploymentEvent, reason: DeploymentReason, now: string, message?: string): DeploymentRecord {
  const status = next(deployment.status, event);
  if (status === undefined) return deployment;
  const ended = endDeployment({ ...deployment, status, progressAt: now }, now);
  return { ...ended, reason, ...(message === undefined ? {} : { message }) };
}

function eventsOf(status: RunnerStatus): DeploymentEvent[] {
  const reported = status.stages.map((stage) => stage.name).filter((name) => name !== 'live');
  if (status.phase === 'live') return [...reported, 'switched'];
  if (status.phase === 'failed') return [...reported, status.reason === 'rolled_back' ? 'rolled_back' : 'failed', 'failed'];
  if (status.phase === 'cancelled') return [...reported, 'cancelled'];
  return status.phase === 'removed' ? ['removed'] : reported;
}

function wordsOf(status: RunnerStatus): Partial<DeploymentRecord> {
  const reason = status.reason ?? (status.phase === 'cancelled' ? 'cancelled' : status.phase === 'removed' ? 'app_deleted' : 'runner_lost');
  return {
    reason,
    ...(status.message === undefined ? {} : { message: status.message }),
    ...(status.failure === undefined ? {} : { failure: status.failure }),
    ...(status.findings === undefined ? {} : { findings: status.findings }),
  };
}

function endDeployment(deployment: DeploymentRecord, now: string): DeploymentRecord {
  return { ...deployment, endedAt: now, stages: deployment.stages.map((stage) => (stage.endedAt === undefined ? { ...stage, endedAt: now } : stage)) };
}

/** The first word on the start and on the end of a stage wins; a stage begins where the one before it ends, unless it said so itself. */
export function mergeStages(known: readonly DeploymentStage[], reported: readonly DeploymentStage[]): DeploymentStage[] {
  const stages = new Map(known.map((stage) => [stage.name, stage]));
  for (const stage of reported) {
    const former = stages.get(stage.name);
    const [endedAt, durationMs] = [former?.endedAt ?? stage.endedAt, former?.durationMs ?? stage.durationMs];
    stages.set(stage.name, {
      name: stage.name,
      startedAt: former?.startedAt ?? stage.startedAt,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(durationMs === undefined ? {} : { durationMs }),
    });
  }
  const ordered = deploymentStages.flatMap((name) => stages.get(name) ?? []);
  return ordered.map((stage, index) => {
    const following = ordered[index + 1];
    return stage.endedAt === undefined && following ? { ...stage, endedAt: following.startedAt } : stage;
  });
}

function withStage(stages: readonly DeploymentStage[], name: DeploymentStage['name'], at: string): DeploymentStage[] {
  return mergeStages(stages, [{ name, startedAt: at }]);
}

function without<T extends object, K extends keyof T>(value: T, key: K): T {
  const { [key]: _, ...rest } = value;
  return rest as T;
}
