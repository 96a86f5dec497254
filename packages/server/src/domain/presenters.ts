import type { App, Deployment } from '@fapi/sdk/contract';
import { freshnessOf, healthOf, rolloutOf } from './facts.ts';
import type { AppRecord, DeploymentRecord } from './records.ts';

/** An app with what is needed to compute its facts. */
export interface AppView {
  readonly app: AppRecord;
  readonly live: DeploymentRecord | undefined;
  readonly latest: DeploymentRecord | undefined;
}

export function toDeployment({ bundleSha256: _b, cancelRequestedAt: _c, progressAt: _p, ...deployment }: DeploymentRecord, url: string): Deployment {
  return { ...deployment, url };
}

export function toApp({ app, live, latest }: AppView, url: string): App {
  return {
    id: app.id, title: app.title, host: app.host, url, createdAt: app.createdAt, createdBy: app.createdBy,
    draftVersion: app.draftVersion, draftSavedAt: app.draftSavedAt,
    freshness: freshnessOf(app, live), rollout: rolloutOf(latest), health: healthOf(app, live),
    ...(live ? { live: toDeployment(live, url) } : {}),
    ...(latest ? { latest: toDeployment(latest, url) } : {}),
  };
}
