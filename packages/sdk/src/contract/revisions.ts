import * as z from 'zod/mini';
import { DeploymentStatus, DeploymentTrigger } from './deployments.ts';
import { AppFile } from './files.ts';
import { PageQuery, pageOf } from './page.ts';
import { defineRoute } from './route.ts';

const sha256 = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'the digest of a revision is sha256: and 64 hexadecimal digits'));

export const Revision = z.object({
  /** `sha256:<hex>` over paths and bytes, lock and runtime settings: equal content, equal digest. */
  digest: z.string(),
  appId: z.string(),
  /** 1, 2, 3 ... in the order in which the app's revisions were made; never given twice. */
  number: z.int(),
  comment: z.optional(z.string()),
  createdAt: z.string(),
  createdBy: z.string(),
  /** How many, and their UTF-8 bytes together. */
  files: z.int(),
  bytes: z.int(),
  /** Dependency lock that it runs with. */
  lock: z.string(),
  isLive: z.boolean(),
  /** A revert without a target goes to it; it may be the live one. */
  isLastGood: z.boolean(),
  /** Kept until somebody takes the pin out. */
  pinned: z.boolean(),
  /** What became of its newest deployment, and how long that took until it was live or had ended. */
  outcome: z.optional(DeploymentStatus),
  durationMs: z.optional(z.number()),
  /** Why it failed, where its newest deployment did: one line, of at most 200 characters. */
  failure: z.optional(z.string()),
  /** When it last went live. */
  liveAt: z.optional(z.string()),
  lastDeploymentId: z.optional(z.string()),
  /** The number of its newest deployment, as the deployment itself has it. */
  lastGeneration: z.optional(z.int()),
  /** What asked for its newest deployment, when, and who: a revert makes no revision, it asks for one again. */
  lastTrigger: z.optional(DeploymentTrigger),
  lastDeployedAt: z.optional(z.string()),
  lastDeployedBy: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'Revision', description: 'A frozen state of an app, addressed by its digest.' });
export type Revision = z.infer<typeof Revision>;

export const RevisionFiles = z.object({ digest: z.string(), files: z.array(AppFile) }).register(z.globalRegistry, { id: 'RevisionFiles', description: 'The files of a revision.' });
export type RevisionFiles = z.infer<typeof RevisionFiles>;

export const PatchRevision = z.object({
  /** Null takes it away. */
  comment: z.optional(z.nullable(z.string().check(z.trim(), z.minLength(1), z.maxLength(500)))),
  pinned: z.optional(z.boolean()),
}).check(z.refine(({ comment, pinned }) => comment !== undefined || pinned !== undefined, 'names neither comment nor pinned')).register(z.globalRegistry, { id: 'PatchRevision' });

/** A side of a diff: the draft as it is saved, what is live, or a revision by its digest. */
export const DiffSide = z.union([z.literal('draft'), z.literal('live'), sha256]);
export type DiffSide = z.infer<typeof DiffSide>;

export const diffLimits = { patchBytes: 65_536, totalPatchBytes: 524_288 } as const;

export const FileChange = z.object({
  path: z.string(),
  /** `moved` has the same bytes at another path. */
  change: z.enum(['added', 'removed', 'changed', 'moved']),
  fromPath: z.optional(z.string()),
  /** SHA-256 (hex) of the file's bytes. */
  fromSha256: z.optional(z.string()),
  toSha256: z.optional(z.string()),
  addedLines: z.int(),
  removedLines: z.int(),
  /** Unified, three lines of context. Absent for a move, and where it would be too large (64 KiB a file, 512 KiB together). */
  patch: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'FileChange' });
export type FileChange = z.infer<typeof FileChange>;

/** A requirement that changed: what is asked for of a distribution, such as `>=2`; empty for any version. */
export const RequirementChange = z.object({ name: z.string(), from: z.optional(z.string()), to: z.optional(z.string()) }).register(z.globalRegistry, { id: 'RequirementChange' });
export type RequirementChange = z.infer<typeof RequirementChange>;

const change = z.enum(['added', 'removed', 'changed']);
export const ChangeReason = z.object({ isBreaking: z.boolean(), message: z.string() }).register(z.globalRegistry, { id: 'ChangeReason', description: 'One thing that changed, and whether a client that worked before may fail.' });
export type ChangeReason = z.infer<typeof ChangeReason>;
export const RouteChange = z.object({ method: z.string(), path: z.string(), change, isBreaking: z.boolean(), reasons: z.array(ChangeReason) }).register(z.globalRegistry, { id: 'RouteChange' });
export type RouteChange = z.infer<typeof RouteChange>;
export const SchemaChange = z.object({ name: z.string(), change, isBreaking: z.boolean(), reasons: z.array(ChangeReason) }).register(z.globalRegistry, { id: 'SchemaChange' });
export type SchemaChange = z.infer<typeof SchemaChange>;

const names = z.array(z.string());
/** Absent digest and number: the draft is no revision. */
const side = z.object({ kind: z.enum(['draft', 'revision']), digest: z.string(), number: z.optional(z.int()), draftVersion: z.optional(z.int()), envVersion: z.int(), isLive: z.boolean() });

export const Diff = z.object({
  appId: z.string(),
  from: side,
  to: side,
  files: z.array(FileChange),
  /** Names of variables; values are never told. Not known to who may not read the environment, and when a version is gone. */
  environment: z.object({ isKnown: z.boolean(), reason: z.optional(z.string()), added: names, removed: names, changed: names }),
  /** The locks, and what `requirements.txt` and `pyproject.toml` ask for. `reason` says which of them cannot be read. */
  dependencies: z.object({ fromLock: z.string(), toLock: z.string(), reason: z.optional(z.string()), added: z.array(RequirementChange), removed: z.array(RequirementChange), changed: z.array(RequirementChange) }),
  /** From the OpenAPI documents of both sides; without them `reason` says why, and the rest is told all the same. */
  api: z.object({ isKnown: z.boolean(), reason: z.optional(z.string()), routes: z.array(RouteChange), schemas: z.array(SchemaChange) }),
}).register(z.globalRegistry, { id: 'Diff', description: 'What differs between two states of an app.' });
export type Diff = z.infer<typeof Diff>;

const params = z.object({ appId: z.string() });
const oneParams = z.object({ appId: z.string(), digest: sha256 });
const oneErrors = ['app_not_found', 'revision_not_found'] as const;

export const revisionRoutes = {
  list: defineRoute({ method: 'GET', path: '/v1/apps/:appId/revisions', summary: 'List revisions, newest first', access: 'deployments:read', params, query: PageQuery, status: 200, response: pageOf(Revision), errors: ['app_not_found'] }),
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/revisions/:digest', summary: 'Read a revision', access: 'deployments:read', params: oneParams, status: 200, response: Revision, errors: oneErrors }),
  files: defineRoute({ method: 'GET', path: '/v1/apps/:appId/revisions/:digest/files', summary: 'Read the files of a revision', access: 'drafts:read', params: oneParams, status: 200, response: RevisionFiles, errors: oneErrors }),
  exportZip: defineRoute({ method: 'GET', path: '/v1/apps/:appId/revisions/:digest/export', summary: 'Download a revision as a zip archive', access: 'drafts:read', params: oneParams, status: 200, response: 'zip', errors: oneErrors }),
  patch: defineRoute({ method: 'PATCH', path: '/v1/apps/:appId/revisions/:digest', summary: 'Comment on a revision, or pin it', access: 'deployments:write', params: oneParams, body: PatchRevision, status: 200, response: Revision, errors: oneErrors }),
  diff: defineRoute({
    method: 'GET', path: '/v1/apps/:appId/diff', summary: 'What differs between two of the draft, what is live, and revisions', access: 'drafts:read', params,
    query: z.object({ from: DiffSide, to: DiffSide }), status: 200, response: Diff, errors: oneErrors,
  }),
} as const;
