import type { Deployment, Freshness, Health, Rollout } from '@fapi/sdk/contract';
import { isUnsettled } from './deployment.ts';

/** Is what would be deployed now what is live: the draft's code, with the newest environment? */
export function freshnessOf(next: Pick<Deployment, 'revision' | 'envVersion'>, live: Pick<Deployment, 'revision' | 'envVersion'> | undefined): Freshness {
  if (!live) return 'never_deployed';
  return live.revision === next.revision && live.envVersion === next.envVersion ? 'up_to_date' : 'not_deployed';
}

/** What the newest deployment is doing. */
export function rolloutOf(latest: Pick<Deployment, 'status'> | undefined): Rollout {
  if (!latest) return 'idle';
  if (isUnsettled(latest.status)) return 'working';
  return latest.status === 'failed' ? 'failed' : 'idle';
}

/** How the live revision is, by the runner's last word; what never went live has none. */
export function healthOf(reported: Health, live: unknown): Health {
  return live ? reported : 'unknown';
}
