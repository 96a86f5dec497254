import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { enterApp, leaveApp } from '../commands/apps/presence.ts';
import { type HttpContext, mount } from '../http/route.ts';

export function mountPresence(router: Router, context: HttpContext): void {
  mount(router, context, routes.presence.put, ({ principal, params, body }) => enterApp(context, principal, params.appId, params.page, body.path) as Promise<undefined>);
  mount(router, context, routes.presence.delete, ({ principal, params }) => leaveApp(context, principal, params.appId, params.page) as Promise<undefined>);
}
