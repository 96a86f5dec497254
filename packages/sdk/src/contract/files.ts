import * as z from 'zod/mini';
import { limits } from './paths.ts';

export const AppFile = z.object({
  /** Relative, `/`-separated, segments of `A-Za-z0-9_.-`; `findPathProblem` is the whole rule. */
  path: z.string().check(z.minLength(1), z.maxLength(limits.pathBytes)),
  content: z.string(),
  /** How `content` says the bytes of the file: absent for text, which is UTF-8; `base64` for all else. Text that is sent in base64 comes back as text. */
  encoding: z.optional(z.enum(['base64'])),
}).register(z.globalRegistry, { id: 'AppFile', description: 'A file of an app: text, or any other bytes in base64.' });
export type AppFile = z.infer<typeof AppFile>;

export const Draft = z.object({
  appId: z.string(),
  /** Grows by one with each save; send it back in `If-Match`. */
  version: z.int(),
  files: z.array(AppFile),
  savedAt: z.string(),
  savedBy: z.string(),
  /** Digest of the revision that it was last frozen as, or taken from. */
  baseRevision: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'Draft', description: 'What a builder is editing.' });
export type Draft = z.infer<typeof Draft>;

const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 lower-case hexadecimal digits'));

/** A file whose text the app has, or had, in some version of its draft or in a revision: named by the SHA-256 of its UTF-8 bytes instead of sent. */
export const KnownFile = z.object({ path: AppFile.shape.path, sha256: Sha256 }).register(z.globalRegistry, { id: 'KnownFile', description: 'A file whose text the app has or had.' });
export type KnownFile = z.infer<typeof KnownFile>;

/** More than a draft can hold. */
const entries = 1_000;

/**
 * Changes to a draft, made as one and in this order: moves one after the other, then removals, then files to write. A file or a folder can be moved and removed; a move never replaces what is there.
 * To remove what is not there is no change.
 */
export const DraftPatch = z.object({
  move: z._default(z.array(z.object({ from: z.string(), to: z.string() })).check(z.maxLength(entries)), []),
  remove: z._default(z.array(z.string()).check(z.maxLength(entries)), []),
  put: z._default(z.array(z.union([AppFile, KnownFile])).check(z.maxLength(entries)), []),
}).register(z.globalRegistry, { id: 'DraftPatch', description: 'Changes to a draft: moves, then removals, then files to write.' });
export type DraftPatch = z.infer<typeof DraftPatch>;

/** With `draft_conflict`: what is there now, and what was there as the version that the caller named, unless it is not kept any more. With what the caller has, all of a three-way merge. */
export const DraftConflict = z.object({ current: Draft, base: z.optional(Draft) }).register(z.globalRegistry, { id: 'DraftConflict', description: 'Both sides of a merge that the caller does not have.' });
export type DraftConflict = z.infer<typeof DraftConflict>;
