import { call, type Transport } from '../call.ts';
import type { CallOptions } from '../client-types.ts';
import { type AppFile, type Draft, draftRoutes as routes, type TestRun, type Validation } from '../contract/drafts.ts';
import type { BodyInputOf } from '../contract/route.ts';

export interface DraftsResource {
  /** @example const { version, files } = await fapi.drafts.read(app.id); */
  read(appId: string, options?: CallOptions): Promise<Draft>;
  /**
   * Replaces the draft if `version` is still the one on the server; else `ApiError` `draft_conflict`, with the `currentVersion`.
   * @example await fapi.drafts.save(app.id, { version, files: [...files, { path: 'lib.py', content: 'x = 1\n' }] });
   */
  save(appId: string, draft: { version: number; files: readonly AppFile[] }, options?: CallOptions): Promise<Draft>;
  /**
   * All that is wrong with the draft at `draftVersion` with `patch` on top; saves nothing. Not repeated by itself when it fails.
   * With a `session` (one open editor) it is imported too: `dryImport` has its routes, and a deploy of exactly this draft only has to switch.
   * @example const { findings } = await fapi.drafts.validate(app.id, { draftVersion: version, patch: { put: [{ path: 'main.py', content: text }] } });
   */
  validate(appId: string, body: BodyInputOf<typeof routes.validate>, options?: CallOptions): Promise<Validation>;
  /**
   * Runs the draft's own pytest suite; failures are findings at their line. Takes as long as the tests do, at most `deadlineMs` (60 s) and a little more.
   * @example const { passed, failed, findings } = await fapi.drafts.test(app.id, { draftVersion: version });
   */
  test(appId: string, body: BodyInputOf<typeof routes.test>, options?: CallOptions): Promise<TestRun>;
}

/** What a test run may take beyond its own deadline. */
const testGraceMs = 30_000;

export const createDrafts = (transport: Transport): DraftsResource => ({
  read: (appId, options = {}) => call(transport, routes.read, { ...options, params: { appId } }),
  save: (appId, { version, files }, options = {}) => call(transport, routes.save, { ...options, params: { appId }, headers: { 'if-match': `"${version}"` }, body: { files: [...files] } }),
  validate: (appId, body, options = {}) => call(transport, routes.validate, { timeoutMs: 40_000, ...options, params: { appId }, body }),
  test: (appId, body, options = {}) => call(transport, routes.test, { timeoutMs: (body.deadlineMs ?? 60_000) + testGraceMs, ...options, params: { appId }, body }),
});

