import { call, type Transport } from '../call.ts';
import type { CallOptions, PagePromise } from '../client-types.ts';
import { type App, appRoutes as routes, type Metrics } from '../contract/apps.ts';
import type { BodyInputOf } from '../contract/route.ts';
import { paged } from '../paging.ts';

export interface AppsResource {
  /**
   * Creates an app with its first draft; a hello app without `files`.
   * @example const app = await fapi.apps.create({ title: 'Hello', files: [{ path: 'main.py', content: source }] });
   */
  create(body: BodyInputOf<typeof routes.create>, options?: CallOptions): Promise<App>;
  /**
   * Newest first.
   * @example for await (const app of fapi.apps.list()) console.log(app.title, app.health);
   */
  list(query?: { limit?: number | undefined; cursor?: string | undefined }, options?: CallOptions): PagePromise<App>;
  /** @example const { freshness, rollout, health } = await fapi.apps.read(app.id); */
  read(appId: string, options?: CallOptions): Promise<App>;
  /**
   * Changes what is named of title and settings. When an idle app sleeps holds at once, `exclusive` from the next deployment.
   * @example await fapi.apps.patch(app.id, { settings: { idleFreezeS: 600 } });
   */
  patch(appId: string, body: BodyInputOf<typeof routes.patch>, options?: CallOptions): Promise<App>;
  /**
   * Deletes the app and stops serving it.
   * @example await fapi.apps.delete(app.id);
   */
  delete(appId: string, options?: CallOptions): Promise<void>;
  /**
   * Counters since the app was created.
   * @example const { requests, status5xx } = await fapi.apps.metrics(app.id);
   */
  metrics(appId: string, options?: CallOptions): Promise<Metrics>;
}

export const createApps = (transport: Transport): AppsResource => ({
  create: (body, options = {}) => call(transport, routes.create, { ...options, body }),
  list: (query = {}, options = {}) => paged((cursor) => call(transport, routes.list, { ...options, query: { ...query, cursor } }), query.cursor),
  read: (appId, options = {}) => call(transport, routes.read, { ...options, params: { appId } }),
  patch: (appId, body, options = {}) => call(transport, routes.patch, { ...options, params: { appId }, body }),
  delete: (appId, options = {}) => call(transport, routes.delete, { ...options, params: { appId } }),
  metrics: (appId, options = {}) => call(transport, routes.metrics, { ...options, params: { appId } }),
});
