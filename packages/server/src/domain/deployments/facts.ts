import type { App, Deployment, Freshness, Health, Rollout } from '@fapi/sdk/contract';
import { isUnsettled } from './deployment.ts';

/** What a deployment is made of, or would be: digests of its code and of what that asks for, the environment, and the settings that hold from a deployment on. */
export interface Ingredients { code: string; dependencies: string; envVersion: number; exclusive: boolean }
/** What would be deployed now. `envLiveVersion` is the version since which values of what is live have not changed. */
export type Next = Omit<Ingredients, 'envVersion'> & { envLiveVersion: number };

/** What a deployment of the draft would change of what is live. */
export const changesOf = (next: Next, live: Ingredients | undefined): App['changes'] => ({
  code: live !== undefined && live.code !== next.code,
  environment: live !== undefined && live.envVersion < next.envLiveVersion,
  dependencies: live !== undefined && live.dependencies !== next.dependencies,
  settings: live !== undefined && live.exclusive !== next.exclusive,
});

/** Is what would be deployed now what is live? */
export function freshnessOf(changes: App['changes'], live: unknown): Freshness {
  if (!live) return 'never_deployed';
  return Object.values(changes).some(Boolean) ? 'not_deployed' : 'up_to_date';
}

/** What the newest deployment is doing. */
export function rolloutOf(latest: Pick<Deployment, 'status'> | undefined): Rollout {
  if (!latest) return 'idle';
  if (isUnsettled(latest.status)) return 'working';
  return latest.status === 'failed' ? 'failed' : 'idle';
}

/** How the live revision is, by the runner's last word; what never went live has none, and what the operator stopped is stopped whatever was said last. */
export function healthOf(reported: Health, live: unknown, isStopped: boolean): Health {
  if (isStopped) return 'stopped';
  return live ? reported : 'unknown';
}
