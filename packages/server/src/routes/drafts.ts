import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { readDraft, saveDraft } from '../commands/save-draft.ts';
import { testDraft } from '../commands/test-draft.ts';
import { validateDraft } from '../commands/validate-draft.ts';
import { readVersion } from '../http/if-match.ts';
import { type HttpContext, mount } from '../http/route.ts';

export function mountDrafts(router: Router, context: HttpContext): void {
  mount(router, context, routes.drafts.read, async ({ principal, params, koa }) => {
    const draft = await readDraft(context, principal, params.appId);
    koa.set('etag', `"${draft.version}"`);
    return draft;
  });
  mount(router, context, routes.drafts.save, async ({ principal, params, headers, body, koa }) => {
    const draft = await saveDraft(context, principal, params.appId, readVersion(headers['if-match'], 'draft'), body.files);
    koa.set('etag', `"${draft.version}"`);
    return draft;
  });
  mount(router, context, routes.drafts.validate, ({ principal, params, body }) => validateDraft(context, { ...principal, mayEdit: principal.scopes.includes('drafts:write'), mayDeploy: principal.scopes.includes('deployments:write') }, params.appId, body));
  mount(router, context, routes.drafts.test, ({ principal, params, body }) => testDraft(context, principal, params.appId, body));
}
