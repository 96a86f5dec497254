import type { Freshness, Health, Rollout } from '@fapi/sdk/contract';
import { isUnsettled } from './deployment.ts';
import type { AppRecord, DeploymentRecord } from './records.ts';

/** Has the draft what is live? */
export function freshnessOf(app: Pick<AppRecord, 'draftDigest' | 'wasLive'>, live: Pick<DeploymentRecord, 'revision'> | undefined): Freshness {
  if (live) return live.revision === app.draftDigest ? 'up_to_date' : 'not_deployed';
  return app.wasLive ? 'not_deployed' : 'never_deployed';
}

/** What the newest deployment is doing. */
export function rolloutOf(latest: Pick<DeploymentRecord, 'status'> | undefined): Rollout {
  if (!latest) return 'idle';
  return isUnsettled(latest.status) ? 'working' : latest.status === 'failed' ? 'failed' : 'idle';
}

/** How the live revision is; nothing runs where nothing is live. */
export function healthOf(app: Pick<AppRecord, 'health'>, live: DeploymentRecord | undefined): Health {
  return live ? app.health : 'stopped';
}
