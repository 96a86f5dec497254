import * as z from 'zod/mini';
import { DraftConflict } from './files.ts';

/** Every error code the API can answer, with its HTTP status and title. Closed: a code that is not here cannot be sent. */
export const problems = {
  invalid_request: { status: 400, title: 'The request does not match the contract' },
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  unauthorized: { status: 401, title: 'A valid token is required' },
  token_expired: { status: 401, title: 'The token has expired' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  origin_not_allowed: { status: 403, title: 'This origin may not use the token' },
  host_not_allowed: { status: 403, title: 'This host name is not served here' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  draft_version_not_found: { status: 404, title: 'This version of the draft is not kept' },
  app_not_found: { status: 404, title: 'There is no such app' },
  revision_not_found: { status: 404, title: 'There is no such revision of this app' },
  deployment_not_found: { status: 404, title: 'There is no such deployment' },
  workspace_not_found: { status: 404, title: 'There is no such workspace' },
  api_key_not_found: { status: 404, title: 'There is no such API key' },
  session_not_found: { status: 404, title: 'There is no such session' },
  method_not_allowed: { status: 405, title: 'This address does not take this method' },
  already_live: { status: 409, title: 'The deployment is live already' },
  already_settled: { status: 409, title: 'The deployment has ended already' },
  not_settled: { status: 409, title: 'The deployment is still under way' },
  not_live: { status: 409, title: 'Nothing of this app is live' },
  no_last_good: { status: 409, title: 'No earlier revision of this app has proved good' },
  app_not_deleted: { status: 409, title: 'The app is not deleted' },
  app_suspended: { status: 409, title: 'The operator has suspended this app' },
  workspace_suspended: { status: 409, title: 'The operator has suspended this workspace' },
  draft_conflict: { status: 409, title: 'Another version of the draft is the newest' },
  environment_conflict: { status: 409, title: 'Another version of the environment is the newest' },
  environment_not_kept: { status: 409, title: 'That version of the environment is not kept any more' },
  environment_unreadable: { status: 409, title: 'The environment cannot be decrypted with the keys that are here' },
  session_gap: { status: 409, title: 'A message of the session was lost: open it anew' },
  idempotency_conflict: { status: 409, title: 'The idempotency key was used for another request' },
  isolation_too_low: { status: 409, title: 'Apps are not isolated well enough here for this' },
  quota_exceeded: { status: 409, title: 'The workspace has as many as it may have' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is of another type than this address takes' },
  draft_invalid: { status: 422, title: 'The files break a rule' },
  content_needed: { status: 422, title: 'The app has never had this text: it must be sent' },
  draft_too_large: { status: 422, title: 'The draft is over a limit' },
  conversion_refused: { status: 422, title: 'The app cannot be moved into several files' },
  zip_invalid: { status: 422, title: 'The body is not a zip archive that can be taken' },
  environment_invalid: { status: 422, title: 'The environment breaks a rule' },
  egress_not_allowed: { status: 422, title: 'Apps may never connect there' },
  client_too_old: { status: 426, title: 'This client is too old for this server' },
  precondition_required: { status: 428, title: 'An If-Match header with the version is required' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something broke on our side' },
  app_answer_invalid: { status: 502, title: 'The app broke off, or its answer is not HTTP' },
  app_unavailable: { status: 503, title: 'The app does not take requests now' },
  gateway_unavailable: { status: 503, title: 'The gateway to the apps cannot be reached' },
  runner_unavailable: { status: 503, title: 'No runner answered in time' },
  workbench_busy: { status: 503, title: 'Every workbench is in use' },
  language_unavailable: { status: 503, title: 'There is no language server now' },
  identity_provider_unavailable: { status: 503, title: 'The identity provider does not answer, and its keys are not known here' },
  not_ready: { status: 503, title: 'The server is not ready yet' },
  app_timeout: { status: 504, title: 'The app did not answer in time' },
  storage_full: { status: 507, title: 'The disk of the database is full' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof problems;

/** One thing that is wrong with the input, and where. `path` is a JSON pointer into the body, or `query.x`, `path.x`, `header.x`; of an archive `zip.<name of the entry>`, of a draft that was looked into `draft.<path of the file>`. */
export const Issue = z.object({
  path: z.string(),
  message: z.string(),
  /** Of a file of the draft: where in it, from 1. */
  line: z.optional(z.int()),
  /** For limits: how much was used and how much is allowed, in the unit the message names. */
  used: z.optional(z.number()),
  limit: z.optional(z.number()),
}).register(z.globalRegistry, { id: 'Issue', description: 'One thing that is wrong with the input, and where.' });
export type Issue = z.infer<typeof Issue>;

/** RFC 9457 problem+json. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.optional(z.string()),
  code: z.enum(Object.keys(problems) as [ErrorCode, ...ErrorCode[]]),
  requestId: z.string(),
  issues: z.optional(z.array(Issue)),
  /** For `draft_conflict` and `environment_conflict`: the version that is there now. */
  currentVersion: z.optional(z.int()),
  /** For `draft_conflict` of a write, for those who may read drafts. */
  conflict: z.optional(DraftConflict),
}).register(z.globalRegistry, { id: 'Problem', description: 'RFC 9457 problem details with a code from a closed list.' });
export type Problem = z.infer<typeof Problem>;
