import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { presentDraft, saveDraft } from '../commands/save-draft.ts';
import { testDraft } from '../commands/test-draft.ts';
import { validateDraft } from '../commands/validate-draft.ts';
import { DomainError } from '../domain/errors.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { getApp } from './get-app.ts';

export function mountDrafts(router: Router, context: HttpContext): void {
  mount(router, context, routes.drafts.read, async ({ principal, params, koa }) => {
    const draft = presentDraft(await getApp(context, principal, params.appId));
    koa.set('etag', `"${draft.version}"`);
    return draft;
  });
  mount(router, context, routes.drafts.save, async ({ principal, params, headers, body, koa }) => {
    const draft = await saveDraft(context, principal, params.appId, versionOf(headers['if-match']), body.files);
    koa.set('etag', `"${draft.version}"`);
    return draft;
  });
  mount(router, context, routes.drafts.validate, ({ principal, params, body }) => validateDraft(context, { ...principal, mayEdit: principal.scopes.includes('drafts:write') }, params.appId, body));
  mount(router, context, routes.drafts.test, ({ principal, params, body }) => testDraft(context, principal, params.appId, body));
}

function versionOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined) throw new DomainError('precondition_required', 'send If-Match with the version that the draft had');
  const version = Number(/^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch)?.[1]);
  if (Number.isNaN(version)) throw new DomainError('invalid_request', 'header.if-match: a draft version such as "3" is expected', { issues: [{ path: 'header.if-match', message: 'not a draft version' }] });
  return version;
}
