import type Router from '@koa/router';
import { routes } from '@fapi/sdk/contract';
import { diffRevisions } from '../commands/revisions/diff-revisions.ts';
import { getApp } from '../commands/get-app.ts';
import { patchRevision } from '../commands/revisions/patch-revision.ts';
import { listAppRevisions, readRevision, readRevisionFiles } from '../commands/revisions/read-revisions.ts';
import { makeZip } from '../domain/code/zip.ts';
import { readCursor, writeCursor } from '../http/cursor.ts';
import { type HttpContext, mount } from '../http/route.ts';

export function mountRevisions(router: Router, context: HttpContext): void {
  mount(router, context, routes.revisions.list, async ({ principal, params, query }) => {
    const below = Number(readCursor(query.cursor)?.[1] ?? Number.NaN);
    const { items, hasMore } = await listAppRevisions(context, principal, params.appId, { limit: query.limit, below: Number.isSafeInteger(below) ? Math.max(0, Math.min(below, 2 ** 31 - 1)) : undefined });
    const last = items.at(-1);
    return { items, ...(hasMore && last ? { nextCursor: writeCursor(last.createdAt, String(last.number)) } : {}) };
  });
  mount(router, context, routes.revisions.read, ({ principal, params }) => readRevision(context, principal, params.appId, params.digest));
  mount(router, context, routes.revisions.files, async ({ principal, params }) => ({ digest: params.digest, files: await readRevisionFiles(context, principal, params.appId, params.digest) }));
  mount(router, context, routes.revisions.exportZip, async ({ principal, params, koa }) => {
    const [{ host }, { number }, files] = [await getApp(context, principal, params.appId), await readRevision(context, principal, params.appId, params.digest), await readRevisionFiles(context, principal, params.appId, params.digest)];
    koa.attachment(`${host}-${number}.zip`);
    return makeZip(files);
  });
  mount(router, context, routes.revisions.patch, ({ principal, params, body }) => patchRevision(context, principal, params.appId, params.digest, body));
  mount(router, context, routes.revisions.diff, ({ principal, params, query }) => diffRevisions(context, { ...principal, mayEdit: principal.scopes.includes('drafts:write'), mayReadEnvironment: principal.scopes.includes('environment:read') }, params.appId, query));
}
