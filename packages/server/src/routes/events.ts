import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { type HttpContext, mount } from '../http/route.ts';
import { openStream } from '../http/stream.ts';
import type { Wake } from '../http/wake.ts';

export function mountEvents(router: Router, context: HttpContext, wake: Wake): void {
  mount(router, context, routes.events.stream, ({ principal, query, headers, koa }) =>
    openStream(context, wake, principal, { apps: query.apps, topics: query.topics, since: query.since, lastEventId: headers['last-event-id'] }, koa));
}
