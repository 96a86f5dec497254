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

/** Validates the draft at `draftVersion` with `patch` on top, without saving anything. */
export const ValidateDraft = z.object({ draftVersion: z.int(), patch: z.optional(DraftPatch) }).register(z.globalRegistry, { id: 'ValidateDraft' });

export const Validation = z.object({
  draftVersion: z.int(),
  /** Of the validated content: files, lock and settings. */
  digest: z.string(),
  findings: z.array(Finding),
  durationMs: z.number(),
}).register(z.globalRegistry, { id: 'Validation' });
export type Validation = z.infer<typeof Validation>;

const params = z.object({ appId: z.string() });
const draftErrors = ['app_not_found', 'draft_conflict', 'draft_invalid', 'draft_too_large', 'body_too_large', 'invalid_json', 'unsupported_media_type'] as const;

export const draftRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/draft', summary: 'Read the draft', access: 'drafts:read', params, status: 200, response: Draft, errors: ['app_not_found'] }),
  save: defineRoute({
    method: 'PUT', path: '/v1/apps/:appId/draft', summary: 'Replace the draft if its version is still the one in If-Match', access: 'drafts:write', params,
    headers: z.object({ 'if-match': z.optional(z.string()) }), body: SaveDraft, status: 200, response: Draft, errors: [...draftErrors, 'precondition_required'],
  }),
  validate: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/validate', summary: 'Find what is wrong with the draft, all at once', access: 'drafts:read', params,
    body: ValidateDraft, status: 200, response: Validation, errors: [...draftErrors, 'runner_unavailable'],
  }),
} as const;
