import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { getApp } from '../commands/get-app.ts';
import { readLogs } from '../commands/apps/read-logs.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { openStream } from '../http/streams/stream.ts';
import type { Wake } from '../http/streams/wake.ts';

/** What happens as it happens, and what an app has printed until now. */
export function mountEvents(router: Router, context: HttpContext, wake: Wake): void {
  mount(router, context, routes.logs.read, async ({ principal, params, query }) => ({ lines: await readLogs(context, (await getApp(context, principal, params.appId)).id, query) }));
  mount(router, context, routes.events.stream, ({ principal, query, headers, koa }) =>
    openStream(context, wake, principal, { apps: query.apps, topics: query.topics, since: query.since, lastEventId: headers['last-event-id'] }, koa));
}
