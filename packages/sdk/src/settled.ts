import type { Deployment } from './contract/deployments.ts';
import { deploymentEnds, deploymentStages, unsettledStatuses } from './contract/stages.ts';

const deploymentStatuses = [...deploymentStages, ...deploymentEnds];

/**
 * Live, or ended: no further stage comes by itself.
 * @example if (!isSettled(deployment)) await fapi.deployments.cancel(app.id, deployment.id);
 */
export function isSettled({ status, liveAt, endedAt }: Pick<Deployment, 'status'> & Partial<Pick<Deployment, 'liveAt' | 'endedAt'>>): boolean {
  // A status that only a newer server knows: the times say what it is.
  return (deploymentStatuses as readonly string[]).includes(status) ? !(unsettledStatuses as readonly string[]).includes(status) : liveAt !== undefined || endedAt !== undefined;
}
