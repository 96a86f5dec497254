import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { cloneApp } from '../commands/apps/clone-app.ts';
import { createApp } from '../commands/apps/create-app.ts';
import { deleteApp } from '../commands/apps/delete-app.ts';
import { getApp } from '../commands/get-app.ts';
import { patchApp } from '../commands/apps/patch-app.ts';
import { presentApp, presentApps, presentMetrics } from '../commands/present-app.ts';
import { presentDeleted, restorableSince, restoreApp } from '../commands/apps/restore-app.ts';
import { resumeApp, suspendApp } from '../commands/holds/suspend-app.ts';
import { tryApp } from '../commands/apps/try-app.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { untilGone } from '../http/until-gone.ts';
import { createTurns } from '../http/turns.ts';
import { listApps } from '../store/apps/apps.ts';

const triesAtOnce = 8;

export function mountApps(router: Router, context: HttpContext): void {
  const tries = createTurns(triesAtOnce);
  mount(router, context, routes.apps.create, ({ principal, body }) => createApp(context, principal, body));
  mount(router, context, routes.apps.list, async ({ principal, query }) => {
    const cursor = readCursor(query.cursor);
    const rows = await listApps(context.db, principal, { limit: query.limit + 1, after: cursor && { at: new Date(cursor[0]), id: cursor[1] }, ...(query.deleted === 'true' ? { deletedAfter: restorableSince(context, context.now()) } : {}) });
    const items = (await presentApps(context.db, rows.slice(0, query.limit), context.appUrl)).map((app) => presentDeleted(app, context));
    const last = rows[query.limit - 1];
    return { items, ...(rows.length > query.limit && last ? { nextCursor: writeCursor(last.created_at.toISOString(), last.id) } : {}) };
  });
  mount(router, context, routes.apps.read, async ({ principal, params }) => presentApp(context.db, await getApp(context, principal, params.appId), context.appUrl));
  mount(router, context, routes.apps.patch, ({ principal, params, body }) => patchApp(context, principal, params.appId, body));
  mount(router, context, routes.apps.delete, async ({ principal, params }) => deleteApp(context, principal, params.appId) as Promise<undefined>);
  mount(router, context, routes.apps.restore, ({ principal, params }) => restoreApp(context, principal, params.appId));
  mount(router, context, routes.apps.clone, ({ principal, params, body }) => cloneApp(context, principal, params.appId, body));
  mount(router, context, routes.apps.suspend, ({ principal, params, body }) => suspendApp(context, principal, params.appId, body));
  mount(router, context, routes.apps.resume, ({ principal, params, body }) => resumeApp(context, principal, params.appId, body));
  mount(router, context, routes.apps.metrics, async ({ principal, params }) => presentMetrics(context.db, (await getApp(context, principal, params.appId)).id));
  mount(router, context, routes.apps.try, ({ principal, params, body, koa }) => tries.take(principal, () => tryApp(context, principal, params.appId, body, untilGone(koa, context))));
}
