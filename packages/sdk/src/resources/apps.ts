import { call, type Transport } from '../call.ts';
import type { CallOptions, PagePromise } from '../client-types.ts';
import type { App, appRoutes as routes, Metrics } from '../contract/apps.ts';
import type { BodyInputOf } from '../contract/route.ts';
import type { TryAnswer } from '../contract/try.ts';
import { paged } from '../paging.ts';
import { createLimits, type LimitsResource } from './limits.ts';

export interface AppsResource {
  /** How much of the machine an app may have. */
  readonly limits: LimitsResource;
  /**
   * Creates an app with its first draft; a hello app without `files`.
   * @example const app = await fapi.apps.create({ title: 'Hello', files: [{ path: 'main.py', content: source }] });
   */
  create(body: BodyInputOf<typeof routes.create>, options?: CallOptions): Promise<App>;
  /**
   * Newest first. With `deleted` those that can still be restored.
   * @example for await (const app of fapi.apps.list()) console.log(app.title, app.health);
   * @example for await (const { id, title, restorableUntil } of fapi.apps.list({ deleted: true })) console.log(id, title, restorableUntil);
   */
  list(query?: { limit?: number | undefined; cursor?: string | undefined; deleted?: boolean | undefined }, options?: CallOptions): PagePromise<App>;
  /** @example const { freshness, rollout, health } = await fapi.apps.read(app.id); */
  read(appId: string, options?: CallOptions): Promise<App>;
  /**
   * Changes what is named of title and settings. `exclusive` holds from the next deployment, everything else at once.
   * @example await fapi.apps.patch(app.id, { settings: { idleFreezeS: 600, rollbackOn5xx: { percent: 20, minRequests: 50, windowS: 300 } } });
   */
  patch(appId: string, body: BodyInputOf<typeof routes.patch>, options?: CallOptions): Promise<App>;
  /**
   * Stops serving the app and deletes it. Until `restorableUntil` it can be restored, and its address stays its own.
   * @example await fapi.apps.delete(app.id);
   */
  delete(appId: string, options?: CallOptions): Promise<void>;
  /**
   * Brings a deleted app back with everything it had; what was live when it was deleted is asked for again.
   * @example const { latest } = await fapi.apps.restore(app.id);
   */
  restore(appId: string, options?: CallOptions): Promise<App>;
  /**
   * Creates an app from the draft of another one, from what is live of it, or from one of its revisions. Without its environment unless `environment` says so; `'values'` needs `environment:write`. Not deployed unless `deploy` says so.
   * @example for (const student of students) await fapi.apps.clone(app.id, { from: 'live', title: `Exercise of ${student}`, environment: 'keys', labels: [`student:${student}`] });
   */
  clone(appId: string, body?: BodyInputOf<typeof routes.clone>, options?: CallOptions): Promise<App>;
  /**
   * Has nothing of the app served until it is resumed; deployments are refused with `app_suspended`. Operator key only.
   * @example await fapi.apps.suspend(app.id, { reason: 'sends spam' });
   */
  suspend(appId: string, body?: BodyInputOf<typeof routes.suspend>, options?: CallOptions): Promise<App>;
  /**
   * Takes the suspension away; what was live is asked for again. Operator key only.
   * @example await fapi.apps.resume(app.id, { reason: 'cleaned up' });
   */
  resume(appId: string, body?: BodyInputOf<typeof routes.resume>, options?: CallOptions): Promise<App>;
  /**
   * Counters since the app was created.
   * @example const { requests, status5xx } = await fapi.apps.metrics(app.id);
   */
  metrics(appId: string, options?: CallOptions): Promise<Metrics>;
  /**
   * Sends one request to the live app, through the server, and answers with whatever the app said, whatever its status. Nothing is sent but what is named, nothing is followed, and it is never sent twice.
   * Rejects with `not_live`, `app_unavailable`, `app_timeout` (30 s), `app_answer_invalid` or `gateway_unavailable` when the app said nothing.
   * @example const { status, body, durationMs } = await fapi.apps.try(app.id, { method: 'POST', path: '/items?dry=true', headers: [['content-type', 'application/json']], body: '{"name":"Lamp"}' });
   */
  try(appId: string, request: BodyInputOf<typeof routes.try>, options?: CallOptions): Promise<TryAnswer>;
}

/** Longer than the server waits for the app: its word says more than ours. */
const tryTimeoutMs = 45_000;

export const createApps = (transport: Transport): AppsResource => ({
  limits: createLimits(transport),
  create: (body, options = {}) => call(transport, 'POST /v1/apps', { ...options, body }),
  list: (query = {}, options = {}) => paged((cursor) => call(transport, 'GET /v1/apps', { ...options, query: { limit: query.limit, cursor, ...(query.deleted ? { deleted: 'true' as const } : {}) } }), query.cursor),
  read: (appId, options = {}) => call(transport, 'GET /v1/apps/:appId', { ...options, params: { appId } }),
  patch: (appId, body, options = {}) => call(transport, 'PATCH /v1/apps/:appId', { ...options, params: { appId }, body }),
  delete: (appId, options = {}) => call(transport, 'DELETE /v1/apps/:appId', { ...options, params: { appId } }),
  restore: (appId, options = {}) => call(transport, 'POST /v1/apps/:appId/restore', { ...options, params: { appId } }),
  clone: (appId, body = {}, options = {}) => call(transport, 'POST /v1/apps/:appId/clone', { ...options, params: { appId }, body }),
  suspend: (appId, body = {}, options = {}) => call(transport, 'POST /v1/apps/:appId/suspend', { ...options, params: { appId }, body }),
  resume: (appId, body = {}, options = {}) => call(transport, 'POST /v1/apps/:appId/resume', { ...options, params: { appId }, body }),
  metrics: (appId, options = {}) => call(transport, 'GET /v1/apps/:appId/metrics', { ...options, params: { appId } }),
  try: (appId, body, options = {}) => call(transport, 'POST /v1/apps/:appId/try', { isRead: true, timeoutMs: tryTimeoutMs, ...options, params: { appId }, body }),
});
