import * as z from 'zod/mini';
import { DraftPatch } from './files.ts';
import { FailureReport, Finding } from './finding.ts';
import { PageQuery, pageOf } from './page.ts';
import { defineRoute } from './route.ts';
import { deploymentEnds, deploymentStages } from './stages.ts';

export const DeploymentStatus = z.enum([...deploymentStages, ...deploymentEnds]);
export type DeploymentStatus = z.infer<typeof DeploymentStatus>;

/** Why a deployment ended as it did, for programs; `message` is for people. */
export const DeploymentReason = z.enum([
  'validation_failed', 'import_failed', 'startup_failed', 'verification_failed', 'rolled_back', 'runner_lost', 'deadline_exceeded', 'superseded', 'cancelled', 'app_deleted', 'bundle_unavailable',
  'environment_unavailable', 'reverted', 'suspended',
]);
export type DeploymentReason = z.infer<typeof DeploymentReason>;

/** What asked for it. `revert` goes back to an earlier revision, and does so again when it is asked for again; `retry` asks again for anything else, `environment` brings the newest values to what is live; `rollback` is the runner's or the server's own act, `restore` and `resume` bring back what was live before. */
export const DeploymentTrigger = z.enum(['deploy', 'revert', 'retry', 'rollback', 'environment', 'egress', 'limits', 'restore', 'resume']);
export type DeploymentTrigger = z.infer<typeof DeploymentTrigger>;

/** What made a stage take longer than usual. `cold_start`: no runner was free, so that a new one was started for it. */
export const StageNote = z.enum(['cold_start']);
export type StageNote = z.infer<typeof StageNote>;

export const DeploymentStage = z.object({
  name: z.enum(deploymentStages),
  startedAt: z.string(),
  endedAt: z.optional(z.string()),
  /** How long the work of the stage took, measured where it was done. */
  durationMs: z.optional(z.number()),
  /** What made it take longer than usual. */
  note: z.optional(StageNote),
  /** Why the deployment ended in this stage. */
  reason: z.optional(DeploymentReason),
}).register(z.globalRegistry, { id: 'DeploymentStage' });
export type DeploymentStage = z.infer<typeof DeploymentStage>;

export const Deployment = z.object({
  id: z.string(),
  appId: z.string(),
  /** Grows with each wish for the app; an older one never replaces a newer one. */
  generation: z.int(),
  /** Digest of the revision: `sha256:<hex>`. */
  revision: z.string(),
  draftVersion: z.int(),
  /** Version of the environment that it runs with. */
  envVersion: z.int(),
  trigger: DeploymentTrigger,
  /** True where it was asked for with an environment of before, which it has when it is asked for again too. */
  keepsEnvironment: z.optional(z.boolean()),
  /** Why, in the words of whoever asked. */
  comment: z.optional(z.string()),
  status: DeploymentStatus,
  stages: z.array(DeploymentStage),
  reason: z.optional(DeploymentReason),
  message: z.optional(z.string()),
  failure: z.optional(FailureReport),
  findings: z.optional(z.array(Finding)),
  url: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  liveAt: z.optional(z.string()),
  endedAt: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'Deployment', description: 'A wish that one revision of an app be live, and what became of it.' });
export type Deployment = z.infer<typeof Deployment>;

const digest = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'the digest of a revision is sha256: and 64 hexadecimal digits'));
const comment = z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(500)));

/**
 * Saves `patch` on the named draft version, freezes the result and asks for it to be live, all or nothing; with the newest environment.
 * Or asks for a `revision` of this app again, without touching the draft: one by its digest, the one that is `live`, which brings it nothing but the newest environment,
 * or the `last_good` one, which is never the live one. `as_deployed` takes the environment that it last had instead.
 */
export const CreateDeployment = z.union([
  z.object({ draftVersion: z.int(), patch: z.optional(DraftPatch), comment }),
  z.object({ revision: z.union([z.literal('live'), z.literal('last_good'), digest]), environment: z._default(z.enum(['newest', 'as_deployed']), 'newest'), comment }),
]).register(z.globalRegistry, { id: 'CreateDeployment' });

const params = z.object({ appId: z.string() });
const oneParams = z.object({ appId: z.string(), deploymentId: z.string() });

export const deploymentRoutes = {
  create: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/deployments', summary: 'Save, freeze and deploy a named draft version, or deploy a revision again', access: 'deployments:write', params,
    body: CreateDeployment, status: 202, response: Deployment,
    errors: ['app_not_found', 'revision_not_found', 'draft_conflict', 'draft_invalid', 'draft_too_large', 'content_needed', 'not_live', 'no_last_good', 'environment_not_kept', 'app_suspended', 'workspace_suspended'],
  }),
  list: defineRoute({ method: 'GET', path: '/v1/apps/:appId/deployments', summary: 'List deployments, newest first', access: 'deployments:read', params, query: PageQuery, status: 200, response: pageOf(Deployment), errors: ['app_not_found'] }),
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/deployments/:deploymentId', summary: 'Read a deployment', access: 'deployments:read', params: oneParams, status: 200, response: Deployment, errors: ['app_not_found', 'deployment_not_found'] }),
  cancel: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/deployments/:deploymentId/cancel', summary: 'Cancel a deployment that is not live yet', access: 'deployments:write', params: oneParams,
    status: 200, response: Deployment, errors: ['app_not_found', 'deployment_not_found', 'already_live', 'already_settled'],
  }),
  retry: defineRoute({
    method: 'POST', path: '/v1/apps/:appId/deployments/:deploymentId/retry', summary: 'Ask again for what failed, was cancelled or was superseded', access: 'deployments:write', params: oneParams,
    status: 202, response: Deployment, errors: ['app_not_found', 'deployment_not_found', 'revision_not_found', 'not_settled', 'already_live', 'already_settled', 'environment_not_kept', 'app_suspended', 'workspace_suspended'],
  }),
} as const;
