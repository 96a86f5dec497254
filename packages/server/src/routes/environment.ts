import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { readEnvironment, saveEnvironment } from '../commands/environments/environment.ts';
import { getApp } from '../commands/get-app.ts';
import { putEgress } from '../commands/apps/put-egress.ts';
import { putLimits } from '../commands/apps/put-limits.ts';
import { readLimits } from '../commands/apps/read-limits.ts';
import { readVersion } from '../http/if-match.ts';
import { type HttpContext, mount } from '../http/route.ts';

/** What an app gets from outside: its variables, where it may connect to, and how much of the machine it may have. */
export function mountEnvironment(router: Router, context: HttpContext): void {
  mount(router, context, routes.environment.read, async ({ principal, params, koa }) => {
    const environment = await readEnvironment(context, await getApp(context, principal, params.appId));
    koa.set('etag', `"${environment.version}"`);
    return environment;
  });
  mount(router, context, routes.environment.save, async ({ principal, params, headers, body, koa }) => {
    const environment = await saveEnvironment(context, principal, params.appId, readVersion(headers['if-match'], 'environment'), body.variables);
    koa.set('etag', `"${environment.version}"`);
    return environment;
  });
  mount(router, context, routes.egress.read, async ({ principal, params }) => ({ grants: (await getApp(context, principal, params.appId)).egress }));
  mount(router, context, routes.egress.put, ({ principal, params, body }) => putEgress(context, principal, params.appId, body.grants));
  mount(router, context, routes.limits.read, ({ principal, params }) => readLimits(context, principal, params.appId));
  mount(router, context, routes.limits.put, ({ principal, params, body }) => putLimits(context, principal, params.appId, body));
}
