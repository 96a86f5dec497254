import { call, type Transport } from '../call.ts';
import type { CallOptions, PagePromise } from '../client-types.ts';
import type { Conversion, draftRoutes as routes, DraftVersion, FilesValidation, TestRun, Unpacked, Validation } from '../contract/drafts.ts';
import type { AppFile, Draft, DraftPatch } from '../contract/files.ts';
import type { BodyInputOf } from '../contract/route.ts';
import { paged } from '../paging.ts';

export interface DraftsResource {
  /** @example const { version, files } = await fapi.drafts.read(app.id); */
  read(appId: string, options?: CallOptions): Promise<Draft>;
  /**
   * Replaces the draft if `version` is still the one on the server; else `ApiError` `draft_conflict`, whose `conflict` holds what is there now and what was there before.
   * @example await fapi.drafts.save(app.id, { version, files: [...files, { path: 'lib.py', content: 'x = 1\n' }] });
   */
  save(appId: string, draft: { version: number; files: readonly AppFile[] }, options?: CallOptions): Promise<Draft>;
  /**
   * Moves, removes and writes files as one change, in this order, if `version` is still the one on the server; `draft_conflict` as with `save`. Only what changes is sent.
   * A file to write holds its `content`, or the `sha256` of a text that the app has or had; `content_needed` when it has not.
   * @example await fapi.drafts.patch(app.id, { version, move: [{ from: 'lib.py', to: 'app/lib.py' }], put: [{ path: 'main.py', content: text }] });
   */
  patch(appId: string, draft: { version: number } & Partial<DraftPatch>, options?: CallOptions): Promise<Draft>;
  /**
   * The newest 50 versions, newest first, without their files.
   * @example const { items: [newest, former] } = await fapi.drafts.versions(app.id);
   */
  versions(appId: string, query?: { limit?: number | undefined; cursor?: string | undefined }, options?: CallOptions): PagePromise<DraftVersion>;
  /** @example const { files } = await fapi.drafts.readVersion(app.id, version - 1); */
  readVersion(appId: string, version: number, options?: CallOptions): Promise<Draft>;
  /**
   * Of these SHA-256 (of UTF-8 bytes, hexadecimal) those whose texts the app has never had: the others can be put by their hash.
   * @example const { needs } = await fapi.drafts.need(app.id, hashes);
   */
  need(appId: string, hashes: readonly string[], options?: CallOptions): Promise<{ needs: string[] }>;
  /**
   * The draft as a zip archive, the same bytes for the same files.
   * @example await writeFile('app.zip', await fapi.drafts.exportZip(app.id));
   */
  exportZip(appId: string, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Replaces the draft by what is in a zip archive, if `version` is still the one on the server. One folder that holds everything is taken off, except from an archive that was exported here; hidden names are left out: `unpack` says which.
   * @example await fapi.drafts.importZip(app.id, { version, zip: new Uint8Array(await file.arrayBuffer()) });
   */
  importZip(appId: string, draft: { version: number; zip: Uint8Array<ArrayBuffer> }, options?: CallOptions): Promise<Draft>;
  /**
   * What a draft would have of a zip archive, and what is left out of it; saves nothing. Hidden names, such as `.git` or `.env`, are left out; folders as with `importZip`.
   * @example const { files, leftOut } = await fapi.drafts.unpack(app.id, new Uint8Array(await file.arrayBuffer()));
   */
  unpack(appId: string, zip: Uint8Array<ArrayBuffer>, options?: CallOptions): Promise<Unpacked>;
  /**
   * All that is wrong with the draft at `draftVersion` with `patch` on top; saves nothing. Not repeated by itself when it fails.
   * With a `session` (one open editor) it is imported too: `dryImport` has its routes, and a deploy of exactly this draft only has to switch.
   * @example const { findings } = await fapi.drafts.validate(app.id, { draftVersion: version, patch: { put: [{ path: 'main.py', content: text }] } });
   */
  validate(appId: string, body: BodyInputOf<typeof routes.validate>, options?: CallOptions): Promise<Validation>;
  /**
   * All that is wrong with files of which no app is made yet; saves nothing, and runs nothing of them. Needs `apps:write`. Not repeated by itself when it fails.
   * @example const { findings } = await fapi.drafts.validateFiles([{ path: 'main.py', content: source }]);
   */
  validateFiles(files: readonly AppFile[], options?: CallOptions): Promise<FilesValidation>;
  /**
   * Runs the draft's own pytest suite; failures are findings at their line. Takes as long as the tests do, at most `deadlineMs` (60 s) and a little more.
   * @example const { passed, failed, findings } = await fapi.drafts.test(app.id, { draftVersion: version });
   */
  test(appId: string, body: BodyInputOf<typeof routes.test>, options?: CallOptions): Promise<TestRun>;
  /**
   * Proposes the draft with its main.py in several files: the same app, which is proved by importing both. Saves nothing: `patch` with its files does.
   * `conversion_refused` says why it cannot be done; each of its `issues` has a `line` of the file that its `path` names after `draft.`.
   * @example const { files } = await fapi.drafts.convert(app.id, { draftVersion: version }); await fapi.drafts.patch(app.id, { version, put: files });
   */
  convert(appId: string, body: BodyInputOf<typeof routes.convert>, options?: CallOptions): Promise<Conversion>;
}

/** Longer than the server waits for a runner: its word says more than ours. */
const validateTimeoutMs = 40_000;
/** What a test run may take beyond its own deadline. */
const testGraceMs = 30_000;
/** Longer than the server waits: the files are read, and imported twice. */
const convertTimeoutMs = 90_000;

export const createDrafts = (transport: Transport): DraftsResource => ({
  read: (appId, options = {}) => call(transport, 'GET /v1/apps/:appId/draft', { ...options, params: { appId } }),
  save: (appId, { version, files }, options = {}) => call(transport, 'PUT /v1/apps/:appId/draft', { ...options, params: { appId }, headers: { 'if-match': `"${version}"` }, body: { files: [...files] } }),
  patch: (appId, { version, ...patch }, options = {}) => call(transport, 'PATCH /v1/apps/:appId/draft', { ...options, params: { appId }, headers: { 'if-match': `"${version}"` }, body: patch }),
  versions: (appId, query = {}, options = {}) => paged((cursor) => call(transport, 'GET /v1/apps/:appId/draft/versions', { ...options, params: { appId }, query: { ...query, cursor } }), query.cursor),
  readVersion: (appId, version, options = {}) => call(transport, 'GET /v1/apps/:appId/draft/versions/:version', { ...options, params: { appId, version: String(version) } }),
  need: (appId, hashes, options = {}) => call(transport, 'POST /v1/apps/:appId/draft/need', { isRead: true, ...options, params: { appId }, body: { hashes: [...hashes] } }),
  exportZip: (appId, options = {}) => call(transport, 'GET /v1/apps/:appId/draft/export', { answer: 'zip', ...options, params: { appId } }),
  importZip: (appId, { version, zip }, options = {}) => call(transport, 'POST /v1/apps/:appId/draft/import', { ...options, params: { appId }, headers: { 'if-match': `"${version}"` }, body: zip }),
  unpack: (appId, zip, options = {}) => call(transport, 'POST /v1/apps/:appId/draft/unpack', { isRead: true, ...options, params: { appId }, body: zip }),
  validate: (appId, body, options = {}) => call(transport, 'POST /v1/apps/:appId/validate', { isRead: true, timeoutMs: validateTimeoutMs, ...options, params: { appId }, body }),
  validateFiles: (files, options = {}) => call(transport, 'POST /v1/validate', { isRead: true, timeoutMs: validateTimeoutMs, ...options, body: { files: [...files] } }),
  convert: (appId, body, options = {}) => call(transport, 'POST /v1/apps/:appId/convert', { isRead: true, timeoutMs: convertTimeoutMs, ...options, params: { appId }, body }),
  test: (appId, body, options = {}) => call(transport, 'POST /v1/apps/:appId/test', { isRead: true, timeoutMs: (body.deadlineMs ?? 60_000) + testGraceMs, ...options, params: { appId }, body }),
});
