import { call, type Transport } from '../call.ts';
import type { CallOptions, PagePromise } from '../client-types.ts';
import type { Diff, Revision, RevisionFiles, revisionRoutes as routes } from '../contract/revisions.ts';
import type { BodyInputOf } from '../contract/route.ts';
import { paged } from '../paging.ts';

export interface RevisionsResource {
  /**
   * Newest first. No code is read for it.
   * @example for await (const { number, comment, outcome, isLive } of fapi.revisions.list(app.id)) console.log(number, comment, outcome, isLive);
   */
  list(appId: string, query?: { limit?: number | undefined; cursor?: string | undefined }, options?: CallOptions): PagePromise<Revision>;
  /**
   * One revision by its digest; else `ApiError` `revision_not_found`, also when it was collected.
   * @example const { files, bytes, isLastGood } = await fapi.revisions.read(app.id, deployment.revision);
   */
  read(appId: string, digest: string, options?: CallOptions): Promise<Revision>;
  /**
   * The files that it was frozen with, sorted by path.
   * @example const { files } = await fapi.revisions.files(app.id, deployment.revision);
   */
  files(appId: string, digest: string, options?: CallOptions): Promise<RevisionFiles>;
  /**
   * A revision as a zip archive, the same bytes for the same files; imported into a draft it is deployed as the same digest.
   * @example await writeFile('revision.zip', await fapi.revisions.exportZip(app.id, deployment.revision));
   */
  exportZip(appId: string, digest: string, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Changes what is named of comment and pin. A pinned revision is never collected; a comment of null is taken away.
   * @example await fapi.revisions.patch(app.id, deployment.revision, { comment: 'Before the exam', pinned: true });
   */
  patch(appId: string, digest: string, body: BodyInputOf<typeof routes.patch>, options?: CallOptions): Promise<Revision>;
  /**
   * What differs between two of `'draft'`, `'live'` and a digest: files, names of variables, requirements, and the API with what breaks its clients.
   * The code of a side whose API is not known yet is imported, which takes seconds; `api.reason` says why it stays unknown.
   * @example const { files, api } = await fapi.revisions.diff(app.id, { from: 'live', to: 'draft' });
   */
  diff(appId: string, sides: { from: string; to: string }, options?: CallOptions): Promise<Diff>;
}

/** Two imports, one after the other, and a little more. */
const diffMs = 70_000;

export const createRevisions = (transport: Transport): RevisionsResource => ({
  list: (appId, query = {}, options = {}) => paged((cursor) => call(transport, 'GET /v1/apps/:appId/revisions', { ...options, params: { appId }, query: { ...query, cursor } }), query.cursor),
  read: (appId, digest, options = {}) => call(transport, 'GET /v1/apps/:appId/revisions/:digest', { ...options, params: { appId, digest } }),
  files: (appId, digest, options = {}) => call(transport, 'GET /v1/apps/:appId/revisions/:digest/files', { ...options, params: { appId, digest } }),
  exportZip: (appId, digest, options = {}) => call(transport, 'GET /v1/apps/:appId/revisions/:digest/export', { answer: 'zip', ...options, params: { appId, digest } }),
  patch: (appId, digest, body, options = {}) => call(transport, 'PATCH /v1/apps/:appId/revisions/:digest', { ...options, params: { appId, digest }, body }),
  diff: (appId, sides, options = {}) => call(transport, 'GET /v1/apps/:appId/diff', { timeoutMs: diffMs, ...options, params: { appId }, query: sides }),
});
