import type { DeploymentStatus, DeploymentTrigger } from '@fapi/sdk/contract';

/** So long must a revision be live until it counts as good by itself. */
const goodAfterMs = 30_000;

/** What is asked of a deployment; times are ISO 8601. */
export interface Judged {
  generation: number;
  revision: string;
  status: DeploymentStatus;
  /** What asked for it; absent is `deploy`. */
  trigger?: DeploymentTrigger | undefined;
  liveAt?: string | undefined;
  endedAt?: string | undefined;
}

/**
 * The newest deployment whose revision proved good: live for 30 s, or until a person replaced it, and not what a revert or a rollback took away.
 * The last time that a revision was live decides about it. `except` is a revision that is not asked for, such as the live one of a revert.
 */
export function findLastGood<T extends Judged>(deployments: readonly T[], now: Date, except?: string): T | undefined {
  const served = deployments.filter(({ liveAt }) => liveAt !== undefined).toSorted((a, b) => b.generation - a.generation);
  const judged = new Set(except === undefined ? [] : [except]);
  for (const [index, deployment] of served.entries()) {
    if (judged.has(deployment.revision)) continue;
    const verdict = judge(deployment, served[index - 1], now);
    if (verdict === 'good') return deployment;
    if (verdict === 'bad') judged.add(deployment.revision);
  }
  return undefined;
}

/** `successor` was the next one to be live. Of what was live for too short a time to tell, an earlier time may still tell. */
function judge({ revision, status, liveAt, endedAt }: Judged, successor: Judged | undefined, now: Date): 'good' | 'bad' | 'unknown' {
  const isOver = endedAt !== undefined;
  if (status === 'failed') return 'bad';
  if (isOver && successor && successor.revision !== revision && (successor.trigger === 'revert' || successor.trigger === 'rollback')) return 'bad';
  if ((isOver ? Date.parse(endedAt) : now.getTime()) - Date.parse(liveAt!) >= goodAfterMs) return 'good';
  return isOver && successor && successor.trigger !== 'rollback' ? 'good' : 'unknown';
}
