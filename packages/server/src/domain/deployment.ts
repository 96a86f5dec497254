import type { DeploymentStatus } from '@fapi/sdk/contract';

/**
 * What can happen to a deployment. The first four are stages that the controller reports, `switched` is that it answers on the routed path.
 * `replaced` is a newer one going live, `rolled_back` the runner's own return to the former revision.
 */
export type DeploymentEvent = 'validating' | 'preparing' | 'starting' | 'verifying' | 'switched' | 'failed' | 'cancelled' | 'superseded' | 'replaced' | 'rolled_back' | 'removed';

type Row = Partial<Record<DeploymentEvent, DeploymentStatus>>;

const ends: Row = { failed: 'failed', cancelled: 'cancelled', superseded: 'superseded', removed: 'stopped' };

/** THE table. Stages may be skipped, because statuses may be lost; they never go back, and an end is final. */
const table: Record<DeploymentStatus, Row> = {
  queued: { validating: 'validating', preparing: 'preparing', starting: 'starting', verifying: 'verifying', switched: 'live', ...ends },
  validating: { preparing: 'preparing', starting: 'starting', verifying: 'verifying', switched: 'live', ...ends },
  preparing: { starting: 'starting', verifying: 'verifying', switched: 'live', ...ends },
  starting: { verifying: 'verifying', switched: 'live', ...ends },
  verifying: { switched: 'live', ...ends },
  live: { rolled_back: 'failed', replaced: 'stopped', removed: 'stopped' },
  failed: {},
  cancelled: {},
  superseded: {},
  stopped: {},
};

/** The status after an event; undefined when the event changes nothing. */
export function next(status: DeploymentStatus, event: DeploymentEvent): DeploymentStatus | undefined {
  return table[status][event];
}

/** Still on its way: neither live nor ended. */
export function isUnsettled(status: DeploymentStatus): boolean {
  return table[status].switched !== undefined;
}

export function isEnded(status: DeploymentStatus): boolean {
  return Object.keys(table[status]).length === 0;
}

export const unsettledStatuses = (Object.keys(table) as DeploymentStatus[]).filter(isUnsettled);
