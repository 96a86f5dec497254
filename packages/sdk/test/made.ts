import type { App, Deployment, Draft, Readiness } from '@fapi/sdk/contract';

const at = '2026-01-01T00:00:00.000Z';

/** Answers as the contract promises them. */
export const makeDeployment = (more: Partial<Deployment> = {}): Deployment => ({
  id: 'dep_1', appId: 'app_1', generation: 1, revision: `sha256:${'0'.repeat(64)}`, draftVersion: 1, envVersion: 0, trigger: 'deploy', status: 'queued', stages: [{ name: 'queued', startedAt: at }],
  url: 'http://app.localhost/', createdAt: at, createdBy: 'builder', ...more,
});

export const makeApp = (more: Partial<App> = {}): App => ({
  id: 'app_1', title: 'Hello', host: 'hello.localhost', url: 'http://hello.localhost/', createdAt: at, createdBy: 'builder', labels: [], draftVersion: 1, draftSavedAt: at,
  settings: { exclusive: false, idleFreezeS: null, idleStopS: null, rollbackOn5xx: null }, freshness: 'never_deployed', changes: { code: false, environment: false, dependencies: false, settings: false }, rollout: 'idle', health: 'unknown', ...more,
});

export const makeDraft = (more: Partial<Draft> = {}): Draft => ({ appId: 'app_1', version: 1, files: [{ path: 'main.py', content: 'app = 1\n' }], savedAt: at, savedBy: 'builder', ...more });

export const ready: Readiness = { status: 'ready', version: '0.1.0', checks: {} };
