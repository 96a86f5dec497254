import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import type { Context as KoaContext } from 'koa';
import { convertDraft } from '../commands/drafts/convert-draft.ts';
import { getApp } from '../commands/get-app.ts';
import { listNeeds, presentVersion, readDraft, readDraftVersion } from '../commands/drafts/read-draft.ts';
import { patchDraft, saveDraft } from '../commands/drafts/save-draft.ts';
import { testDraft } from '../commands/drafts/test-draft.ts';
import { validateDraft } from '../commands/drafts/validate-draft.ts';
import { validateFiles } from '../commands/drafts/validate-files.ts';
import { makeZip, readZip } from '../domain/code/zip.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { readVersion } from '../http/if-match.ts';
import { type HttpContext, mount } from '../http/route.ts';
import { untilGone } from '../http/until-gone.ts';
import { listDrafts } from '../store/code/drafts.ts';

export function mountDrafts(router: Router, context: HttpContext): void {
  mount(router, context, routes.drafts.read, async ({ principal, params, koa }) => tag(koa, await readDraft(context, principal, params.appId)));
  mount(router, context, routes.drafts.save, async ({ principal, params, headers, body, koa }) => tag(koa, await saveDraft(context, principal, params.appId, readVersion(headers['if-match'], 'draft'), body.files)));
  mount(router, context, routes.drafts.patch, async ({ principal, params, headers, body, koa }) => tag(koa, await patchDraft(context, principal, params.appId, readVersion(headers['if-match'], 'draft'), body)));
  mount(router, context, routes.drafts.versions, async ({ principal, params, query }) => {
    const { id } = await getApp(context, principal, params.appId);
    const below = Number(readCursor(query.cursor)?.[1] ?? Number.NaN);
    const rows = await listDrafts(context.db, id, { limit: query.limit + 1, below: Number.isSafeInteger(below) ? Math.max(0, Math.min(below, 2 ** 31 - 1)) : undefined });
    const last = rows[query.limit - 1];
    return { items: rows.slice(0, query.limit).map(presentVersion), ...(rows.length > query.limit && last ? { nextCursor: writeCursor(last.saved_at.toISOString(), String(last.version)) } : {}) };
  });
  mount(router, context, routes.drafts.readVersion, ({ principal, params }) => readDraftVersion(context, principal, params.appId, Number(params.version)));
  mount(router, context, routes.drafts.need, async ({ principal, params, body }) => ({ needs: await listNeeds(context, principal, params.appId, body.hashes) }));
  mount(router, context, routes.drafts.exportZip, async ({ principal, params, koa }) => {
    const { host } = await getApp(context, principal, params.appId);
    const draft = tag(koa, await readDraft(context, principal, params.appId));
    koa.attachment(`${host}.zip`);
    return makeZip(draft.files);
  });
  mount(router, context, routes.drafts.importZip, async ({ principal, params, headers, body, koa }) => {
    const version = readVersion(headers['if-match'], 'draft');
    return tag(koa, await saveDraft(context, principal, params.appId, version, readZip(Buffer.from(body)).files, 'drafts.importZip'));
  });
  mount(router, context, routes.drafts.unpack, async ({ principal, params, body }) => {
    await getApp(context, principal, params.appId);
    return readZip(Buffer.from(body));
  });
  mount(router, context, routes.drafts.validate, ({ principal, params, body }) => validateDraft(context, { ...principal, mayEdit: principal.scopes.includes('drafts:write'), mayDeploy: principal.scopes.includes('deployments:write') }, params.appId, body));
  mount(router, context, routes.drafts.validateFiles, ({ principal, body }) => validateFiles(context, principal, body.files));
  mount(router, context, routes.drafts.convert, ({ principal, params, body, koa }) => convertDraft(context, principal, params.appId, body, untilGone(koa, context)));
  mount(router, context, routes.drafts.test, ({ principal, params, body, koa }) => testDraft(context, principal, params.appId, body, untilGone(koa, context)));
}

function tag<D extends { version: number }>(koa: KoaContext, draft: D): D {
  koa.set('etag', `"${draft.version}"`);
  return draft;
}
