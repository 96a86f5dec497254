import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import { DomainError } from '../domain/errors.ts';
import { isWebSocket } from '../http/language/upgrade.ts';
import { createLanguageDoor } from '../http/language/serve.ts';
import { type HttpContext, mount } from '../http/route.ts';

const route = routes.language.open;

export function mountLanguage(router: Router, context: HttpContext): void {
  const open = createLanguageDoor(context);
  // A page can send no token with the head: it comes in the first frame, so that this way goes around the usual admission.
  router.get(route.path, (koa, next) => (isWebSocket(koa.req) ? open(koa as unknown as KoaContext, koa.params['appId']!) : next()));
  mount(router, context, route, () => Promise.reject(new DomainError('invalid_request', 'this address takes WebSockets only')));
}
