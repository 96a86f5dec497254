import * as z from 'zod/mini';
import { Labels } from './access.ts';
import { Deployment } from './deployments.ts';
import { AppFile } from './files.ts';
import { FailureReport } from './finding.ts';
import { PageQuery, pageOf } from './page.ts';
import { defineRoute } from './route.ts';
import { Reason, Suspension } from './suspension.ts';
import { Title } from './title.ts';
import { tryRoute } from './try.ts';

/** Is what would be deployed now, draft and environment, what is live? */
export const Freshness = z.enum(['never_deployed', 'up_to_date', 'not_deployed']);
export type Freshness = z.infer<typeof Freshness>;
/** What the newest deployment is doing. */
export const Rollout = z.enum(['idle', 'working', 'failed']);
export type Rollout = z.infer<typeof Rollout>;
/** How the live revision is. */
export const Health = z.enum(['running', 'asleep', 'crashed', 'stopped', 'unknown']);
export type Health = z.infer<typeof Health>;

/** What of the settings reaches whoever runs it. */
export const RunSettings = z.object({
  /** It owns something that two cannot own: the former version ends before the new one starts, and clients wait meanwhile. Holds from the next deployment. */
  exclusive: z.boolean(),
  /** Seconds without a request until it is frozen, and until it is ended; the next request wakes it. Null for never. */
  idleFreezeS: z.nullable(z.int().check(z.minimum(1), z.maximum(31_536_000))),
  idleStopS: z.nullable(z.int().check(z.minimum(1), z.maximum(31_536_000))),
}).register(z.globalRegistry, { id: 'RunSettings' });
export type RunSettings = z.infer<typeof RunSettings>;

export const AppSettings = z.extend(RunSettings, {
  /** Goes back to what was live before when, within `windowS` seconds of going live and of at least `minRequests` requests, so many percent were answered with 5xx. Null for never. */
  rollbackOn5xx: z.nullable(z.object({ percent: z.int().check(z.minimum(1), z.maximum(100)), minRequests: z.int().check(z.minimum(1), z.maximum(1_000_000)), windowS: z.int().check(z.minimum(10), z.maximum(86_400)) })),
}).register(z.globalRegistry, { id: 'AppSettings', description: 'How an app is run, apart from its code.' });
export type AppSettings = z.infer<typeof AppSettings>;

export const PatchApp = z.object({
  title: z.optional(Title),
  settings: z.optional(z.partial(AppSettings)),
  /** All of them. Not with a token that is limited to apps or labels. */
  labels: z.optional(Labels),
}).check(z.refine(({ title, settings, labels }) => title !== undefined || settings !== undefined || labels !== undefined, 'names neither title nor settings nor labels')).register(z.globalRegistry, { id: 'PatchApp' });

export const App = z.object({
  id: z.string(),
  title: z.string(),
  /** Host name of the app, fixed at birth. */
  host: z.string(),
  /** Where its users reach it. */
  url: z.string(),
  /** Where a portal shows it in a frame: the same app at an origin of its own. Not in events of an older server. */
  previewUrl: z.optional(z.string()),
  createdAt: z.string(),
  createdBy: z.string(),
  /** Groups that it belongs to: tokens are minted for them. */
  labels: Labels,
  draftVersion: z.int(),
  draftSavedAt: z.string(),
  /** Whose save the draft is: the subject of the token, or the name of the key. Not in events of an older server. */
  draftSavedBy: z.optional(z.string()),
  freshness: Freshness,
  /** What a deployment of the draft would change of what is live; all false while nothing is. */
  changes: z.object({ code: z.boolean(), environment: z.boolean(), dependencies: z.boolean(), settings: z.boolean() }),
  rollout: Rollout,
  health: Health,
  settings: AppSettings,
  /** Nothing of it is served, and nothing can be deployed. */
  suspended: z.optional(Suspension),
  /** Deleted, and until when it can be restored. */
  deletedAt: z.optional(z.string()),
  restorableUntil: z.optional(z.string()),
  /** How what is live last crashed, while `health` is `crashed` or it crashes again and again. */
  crash: z.optional(FailureReport),
  /** How what is live last crashed, and when, however soon it was back. */
  lastCrash: z.optional(z.object({ at: z.string(), report: FailureReport })),
  /** True from the third start in a row that did not last. */
  isCrashLooping: z.optional(z.boolean()),
  /** What the running app cannot do, or which line blocks it: memory, files, threads, a stalled event loop. */
  trouble: z.optional(FailureReport),
  /** The deployment that serves now. */
  live: z.optional(Deployment),
  /** The newest deployment, whatever became of it. */
  latest: z.optional(Deployment),
}).register(z.globalRegistry, { id: 'App', description: 'An app with its three facts: freshness, rollout and health.' });
export type App = z.infer<typeof App>;

export const CreateApp = z.object({
  title: Title,
  /** First draft; a hello app when absent. */
  files: z.optional(z.array(AppFile)),
  /** With a token that is limited to labels, these are its own and no others. */
  labels: z.optional(Labels),
}).register(z.globalRegistry, { id: 'CreateApp' });

/** What the new app begins with: the draft as it is saved, what is live, or a revision of the other one. It is not deployed unless asked. */
export const CloneApp = z.object({
  /** `Copy of ...` when absent. */
  title: z.optional(Title),
  from: z._default(z.union([z.literal('draft'), z.literal('live'), z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'the digest of a revision is sha256: and 64 hexadecimal digits'))]), 'draft'),
  /** `keys` takes names, scopes and which are secret, with empty values; `values` takes everything and needs `environment:write`. */
  environment: z._default(z.enum(['none', 'keys', 'values']), 'none'),
  deploy: z._default(z.boolean(), false),
  /** Those of the other one when absent; with a token that is limited to labels, its own and no others. */
  labels: z.optional(Labels),
}).register(z.globalRegistry, { id: 'CloneApp' });

/** Counters of the app's own children since it was created; each request is counted once. */
export const Metrics = z.object({
  appId: z.string(),
  requests: z.int(),
  status2xx: z.int(),
  status3xx: z.int(),
  status4xx: z.int(),
  status5xx: z.int(),
  inFlight: z.int(),
  bytesOut: z.int(),
  lastRequestAt: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'Metrics', description: 'Counters of an app since it was created.' });
export type Metrics = z.infer<typeof Metrics>;

const params = z.object({ appId: z.string() });

export const appRoutes = {
  create: defineRoute({
    method: 'POST', path: '/v1/apps', summary: 'Create an app with its first draft', access: 'apps:write', body: CreateApp, status: 201, response: App,
    errors: ['draft_invalid', 'draft_too_large', 'quota_exceeded'],
  }),
  list: defineRoute({ method: 'GET', path: '/v1/apps', summary: 'List apps, newest first', access: 'apps:read', query: z.extend(PageQuery, { /** Those that are deleted and can be restored. */ deleted: z.optional(z.enum(['true', 'false'])) }), status: 200, response: pageOf(App), errors: [] }),
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId', summary: 'Read an app', access: 'apps:read', params, status: 200, response: App, errors: ['app_not_found'] }),
  patch: defineRoute({
    method: 'PATCH', path: '/v1/apps/:appId', summary: 'Change title, settings or labels', access: 'apps:write', params, body: PatchApp, status: 200, response: App,
    errors: ['app_not_found'],
  }),
  delete: defineRoute({ method: 'DELETE', path: '/v1/apps/:appId', summary: 'Stop serving an app and delete it; it can be restored for some days', access: 'apps:write', params, status: 204, errors: ['app_not_found'] }),
  restore: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/restore', summary: 'Bring a deleted app back; what was live is asked for again', access: 'apps:write', params, status: 200, response: App,
    errors: ['app_not_found', 'app_not_deleted', 'quota_exceeded', 'app_suspended', 'workspace_suspended'],
  }),
  clone: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/clone', summary: 'Create an app from another one', access: 'apps:write', params, body: CloneApp, status: 201, response: App,
    errors: ['app_not_found', 'revision_not_found', 'not_live', 'environment_unreadable', 'quota_exceeded', 'app_suspended', 'workspace_suspended'],
  }),
  suspend: defineRoute({ method: 'POST', path: '/v1/apps/:appId/suspend', summary: 'Stop serving an app until it is resumed', access: 'operator', params, body: z._default(Reason, {}), status: 200, response: App, errors: ['app_not_found'] }),
  resume: defineRoute({ method: 'POST', path: '/v1/apps/:appId/resume', summary: 'Take the suspension of an app away; what was live is asked for again', access: 'operator', params, body: z._default(Reason, {}), status: 200, response: App, errors: ['app_not_found'] }),
  metrics: defineRoute({ method: 'GET', path: '/v1/apps/:appId/metrics', summary: 'Read the counters of an app', access: 'metrics:read', params, status: 200, response: Metrics, errors: ['app_not_found'] }),
  try: tryRoute,
} as const;
