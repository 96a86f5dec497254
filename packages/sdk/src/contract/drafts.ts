import * as z from 'zod/mini';
import { Finding } from './finding.ts';
import { defineRoute } from './route.ts';

/** Limits of a draft, in UTF-8 bytes where a size is meant. A path has at most `pathSegments` names, that of the file included. */
export const limits = { files: 200, draftBytes: 5_000_000, pathBytes: 200, pathSegments: 8 } as const;

export const AppFile = z.object({
  /** Relative, `/`-separated, segments of `A-Za-z0-9_.-`; `findPathProblem` is the whole rule. */
  path: z.string().check(z.minLength(1), z.maxLength(limits.pathBytes)),
  content: z.string(),
}).register(z.globalRegistry, { id: 'AppFile', description: 'A text file of an app.' });
export type AppFile = z.infer<typeof AppFile>;

export const Draft = z.object({
  appId: z.string(),
  /** Grows by one with each save; send it back in `If-Match`. */
  version: z.int(),
  files: z.array(AppFile),
  savedAt: z.string(),
  savedBy: z.string(),
}).register(z.globalRegistry, { id: 'Draft', description: 'What a builder is editing.' });
export type Draft = z.infer<typeof Draft>;

/** Files to write and paths to remove, applied as one. */
export const DraftPatch = z.object({
  put: z._default(z.array(AppFile), []),
  remove: z._default(z.array(z.string()), []),
}).register(z.globalRegistry, { id: 'DraftPatch' });
export type DraftPatch = z.infer<typeof DraftPatch>;

export const SaveDraft = z.object({ files: z.array(AppFile) }).register(z.globalRegistry, { id: 'SaveDraft' });

/**
 * Validates the draft at `draftVersion` with `patch` on top, without saving anything.
 * With a `session` the draft is imported too, ahead of its deploy: that runs its code, so the token needs `drafts:write`.
 */
export const ValidateDraft = z.object({
  draftVersion: z.int(),
  patch: z.optional(DraftPatch),
  /** One open editor; its newest `sequence` wins. */
  session: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, _ and -'))),
  sequence: z._default(z.int().check(z.minimum(0)), 0),
  /** Sends the OpenAPI document of the draft along. */
  withOpenApi: z._default(z.boolean(), false),
}).register(z.globalRegistry, { id: 'ValidateDraft' });

/** What an import did besides defining things; recorded in the sandbox. */
export const SideEffect = z.object({
  kind: z.enum(['connect', 'bind', 'spawn', 'fork', 'write']),
  detail: z.string(),
  file: z.optional(z.string()),
  line: z.optional(z.int()),
}).register(z.globalRegistry, { id: 'SideEffect' });
export type SideEffect = z.infer<typeof SideEffect>;

/** What importing the draft has shown; absent when nobody asked for it, or when the files hold errors already. */
export const DryImport = z.object({
  /** True when the deploy of exactly this draft only has to switch. */
  prepared: z.boolean(),
  /** Why it is not prepared, in a sentence. */
  reason: z.optional(z.string()),
  /** True when nothing was imported: a newer draft of the session took its place, or no core was free. Ask again. */
  dropped: z.optional(z.boolean()),
  routes: z.array(z.object({ method: z.string(), path: z.string() })),
  sideEffects: z.array(SideEffect),
  openapi: z.optional(z.record(z.string(), z.unknown())),
  durationMs: z.number(),
}).register(z.globalRegistry, { id: 'DryImport' });
export type DryImport = z.infer<typeof DryImport>;

export const Validation = z.object({
  draftVersion: z.int(),
  /** Digest of the validated files. */
  digest: z.string(),
  findings: z.array(Finding),
  durationMs: z.number(),
  dryImport: z.optional(DryImport),
}).register(z.globalRegistry, { id: 'Validation' });
export type Validation = z.infer<typeof Validation>;

/** Runs the draft's own pytest suite in a folder that is thrown away. */
export const TestDraft = z.object({
  draftVersion: z.int(),
  patch: z.optional(DraftPatch),
  /** Files, folders or `file.py::name`; everything when absent. */
  select: z.optional(z.array(z.string()).check(z.maxLength(100))),
  deadlineMs: z._default(z.int().check(z.minimum(1_000), z.maximum(300_000)), 60_000),
}).register(z.globalRegistry, { id: 'TestDraft' });

export const TestRun = z.object({
  draftVersion: z.int(),
  digest: z.string(),
  passed: z.int(),
  /** Failed tests, setups and files that could not be collected, and a run that did not come to its end. */
  failed: z.int(),
  skipped: z.int(),
  /** One per failure, at the innermost line of the project. */
  findings: z.array(Finding),
  /** The last lines. */
  output: z.array(z.string()),
  outputDropped: z.int(),
  durationMs: z.number(),
}).register(z.globalRegistry, { id: 'TestRun' });
export type TestRun = z.infer<typeof TestRun>;

const params = z.object({ appId: z.string() });
const draftErrors = ['app_not_found', 'draft_conflict', 'draft_invalid', 'draft_too_large'] as const;

export const draftRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/draft', summary: 'Read the draft', access: 'drafts:read', params, status: 200, response: Draft, errors: ['app_not_found'] }),
  save: defineRoute({
    method: 'PUT', path: '/v1/apps/:appId/draft', summary: 'Replace the draft if its version is still the one in If-Match', access: 'drafts:write', params,
    headers: z.object({ 'if-match': z.optional(z.string()) }), body: SaveDraft, status: 200, response: Draft, errors: [...draftErrors, 'precondition_required'],
  }),
  validate: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/validate', summary: 'Find what is wrong with the draft, all at once', access: 'drafts:read', params, isRead: true,
    body: ValidateDraft, status: 200, response: Validation, errors: [...draftErrors, 'runner_unavailable'],
  }),
  test: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/test', summary: "Run the draft's pytest suite", access: 'drafts:write', params, isRead: true,
    body: TestDraft, status: 200, response: TestRun, errors: [...draftErrors, 'runner_unavailable'],
  }),
} as const;
