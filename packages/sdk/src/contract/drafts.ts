import * as z from 'zod/mini';
import { AppFile, Draft, DraftPatch } from './files.ts';
import { Finding } from './finding.ts';
import { PageQuery, pageOf } from './page.ts';
import { defineRoute } from './route.ts';

/** The files of a draft, or of what is to become one. */
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

export const FilesValidation = z.omit(Validation, { draftVersion: true, dryImport: true }).register(z.globalRegistry, { id: 'FilesValidation' });
export type FilesValidation = z.infer<typeof FilesValidation>;

/** Runs the draft's own pytest suite in a folder that is thrown away. */
export const TestDraft = z.object({
  draftVersion: z.int(),
  patch: z.optional(DraftPatch),
  /** Files, folders or `file.py::name`; everything when absent. */
  select: z.optional(z.array(z.string().check(z.regex(/^(?!(?:[^:]*\/)?\.\.(?:\/|$|:))[A-Za-z0-9_][^\0]{0,999}$/, 'a path inside the project, such as tests/test_items.py::test_read'))).check(z.maxLength(100))),
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

/** Proposes main.py in several files: of the draft at `draftVersion` with `patch` on top. Saves nothing. */
export const ConvertDraft = z.object({ draftVersion: z.int(), patch: z.optional(DraftPatch) }).register(z.globalRegistry, { id: 'ConvertDraft' });

/** A route, a model or a router that stays in main.py, and why. */
export const KeptDefinition = z.object({ name: z.string(), line: z.int(), reason: z.string() }).register(z.globalRegistry, { id: 'KeptDefinition' });
export type KeptDefinition = z.infer<typeof KeptDefinition>;

/**
 * The draft with its main.py in several files. Both versions were imported in the sandbox, with the values for drafts: same OpenAPI document, same routes in the same order.
 * To take it, put its files with one `patch` of the same draft.
 */
export const Conversion = z.object({
  draftVersion: z.int(),
  /** Digest of the files it was made from. */
  digest: z.string(),
  /** main.py as it would be, and the files that are new; nothing is removed. */
  files: z.array(AppFile),
  /** What one might expect to be moved and is not. */
  kept: z.array(KeptDefinition),
  /** How many routes have moved. */
  routes: z.int(),
  durationMs: z.number(),
}).register(z.globalRegistry, { id: 'Conversion' });
export type Conversion = z.infer<typeof Conversion>;

/** A version that is kept, without its files: the newest 50 are. */
export const DraftVersion = z.object({
  version: z.int(),
  digest: z.string(),
  savedAt: z.string(),
  savedBy: z.string(),
  /** How many, and how many bytes of UTF-8 their texts are. */
  files: z.int(),
  bytes: z.int(),
  baseRevision: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'DraftVersion' });
export type DraftVersion = z.infer<typeof DraftVersion>;

/** SHA-256 of the UTF-8 bytes of texts, hexadecimal. */
export const NeedContents = z.object({ hashes: z.array(z.string().check(z.regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 lower-case hexadecimal digits'))).check(z.maxLength(1_000)) }).register(z.globalRegistry, { id: 'NeedContents' });

/** Something in an archive that no draft has. `hidden`: a name with a dot in front, such as `.git` or `.env`; `cache`: what Python keeps for itself. */
export const LeftOut = z.object({ path: z.string(), reason: z.enum(['hidden', 'cache']) }).register(z.globalRegistry, { id: 'LeftOut' });
export type LeftOut = z.infer<typeof LeftOut>;

/** What a draft would have of an archive. */
export const Unpacked = z.object({ files: z.array(AppFile), leftOut: z.array(LeftOut) }).register(z.globalRegistry, { id: 'Unpacked' });
export type Unpacked = z.infer<typeof Unpacked>;

const params = z.object({ appId: z.string() });
const versionParams = z.object({ appId: z.string(), version: z.string().check(z.regex(/^[1-9][0-9]{0,8}$/, 'a version is a whole number')) });
const headers = z.object({ 'if-match': z.optional(z.string()) });
const draftErrors = ['app_not_found', 'draft_conflict', 'draft_invalid', 'draft_too_large'] as const;
const patchErrors = [...draftErrors, 'content_needed'] as const;

export const draftRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/draft', summary: 'Read the draft', access: 'drafts:read', params, status: 200, response: Draft, errors: ['app_not_found'] }),
  save: defineRoute({
    method: 'PUT', path: '/v1/apps/:appId/draft', summary: 'Replace the draft if its version is still the one in If-Match', access: 'drafts:write', params, headers,
    body: SaveDraft, status: 200, response: Draft, errors: [...draftErrors, 'precondition_required'],
  }),
  patch: defineRoute({
    method: 'PATCH', path: '/v1/apps/:appId/draft', summary: 'Move, remove and write files as one change if the version is still the one in If-Match', access: 'drafts:write', params, headers,
    body: DraftPatch, status: 200, response: Draft, errors: [...patchErrors, 'precondition_required'],
  }),
  versions: defineRoute({
    method: 'GET', path: '/v1/apps/:appId/draft/versions', summary: 'List the versions of the draft that are kept, newest first', access: 'drafts:read', params, query: PageQuery,
    status: 200, response: pageOf(DraftVersion), errors: ['app_not_found'],
  }),
  readVersion: defineRoute({
    method: 'GET', path: '/v1/apps/:appId/draft/versions/:version', summary: 'Read a version of the draft', access: 'drafts:read', params: versionParams,
    status: 200, response: Draft, errors: ['app_not_found', 'draft_version_not_found'],
  }),
  need: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/draft/need', summary: 'Say which texts must be sent, because the app has never had them', access: 'drafts:write', params, isRead: true,
    body: NeedContents, status: 200, response: z.object({ needs: z.array(z.string()) }), errors: ['app_not_found'],
  }),
  exportZip: defineRoute({ method: 'GET', path: '/v1/apps/:appId/draft/export', summary: 'Download the draft as a zip archive', access: 'drafts:read', params, status: 200, response: 'zip', errors: ['app_not_found'] }),
  importZip: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/draft/import', summary: 'Replace the draft by the files of a zip archive if its version is still the one in If-Match', access: 'drafts:write', params, headers,
    bodyType: 'zip', status: 200, response: Draft, errors: [...draftErrors, 'zip_invalid', 'precondition_required'],
  }),
  unpack: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/draft/unpack', summary: 'Read the files of a zip archive without saving anything', access: 'drafts:write', params, isRead: true,
    bodyType: 'zip', status: 200, response: Unpacked, errors: ['app_not_found', 'draft_invalid', 'draft_too_large', 'zip_invalid'],
  }),
  validate: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/validate', summary: 'Find what is wrong with the draft, all at once', access: 'drafts:read', params, isRead: true,
    body: ValidateDraft, status: 200, response: Validation, errors: [...patchErrors, 'runner_unavailable', 'workbench_busy'],
  }),
  validateFiles: defineRoute({
    method: 'POST', path: '/v1/validate', summary: 'Find what is wrong with files that are no app yet', access: 'apps:write', isRead: true,
    body: SaveDraft, status: 200, response: FilesValidation, errors: ['draft_invalid', 'draft_too_large', 'runner_unavailable', 'workbench_busy'],
  }),
  test: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/test', summary: "Run the draft's pytest suite", access: 'drafts:write', params, isRead: true,
    body: TestDraft, status: 200, response: TestRun, errors: [...patchErrors, 'runner_unavailable', 'workbench_busy', 'app_suspended', 'workspace_suspended'],
  }),
  convert: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/convert', summary: 'Propose main.py in several files, with the same OpenAPI document', access: 'drafts:write', params, isRead: true,
    body: ConvertDraft, status: 200, response: Conversion, errors: [...patchErrors, 'conversion_refused', 'runner_unavailable', 'workbench_busy', 'app_suspended', 'workspace_suspended'],
  }),
} as const;
