import * as z from 'zod/mini';
import { Label, Labels, principalKinds, Role, Subject } from './access.ts';
import { PageQuery, pageOf } from './page.ts';
import { defineRoute, Scope } from './route.ts';
import { Reason, Suspension } from './suspension.ts';
import { Title } from './title.ts';

/** Where a page comes from, such as `https://portal.example`; what comes after the port is ignored. */
const Origin = z.url({ protocol: /^https?$/ });

/** Asks for a token that a portal's page may hold for a few minutes, in the caller's workspace. Minted by the portal's backend, never above itself; a person may mint for nobody but herself. */
export const CreateEmbedToken = z.object({
  /** Who the builder is, in the portal's words; ends up in `createdBy` and the audit rows. */
  subject: Subject,
  /** The most that the token may be anywhere; the minter's own role when absent. */
  role: z.optional(Role),
  /** Only these of the role's scopes. Without `role` and `scopes`: all that building takes, and nothing that gives others access. */
  scopes: z.optional(z.array(Scope)),
  /** Only these apps, and those that carry all `labels`; every app of the workspace when both are absent. An app created with the token is added to it. */
  apps: z.optional(z.array(z.string()).check(z.maxLength(100))),
  /** Only apps that carry all of these, and `apps`. An app created with the token gets them. */
  labels: z.optional(Labels.check(z.minLength(1))),
  /** Page origins that may use it; a subset of the workspace's. */
  origins: z.optional(z.array(Origin).check(z.maxLength(20))),
  ttlSeconds: z._default(z.int().check(z.minimum(1), z.maximum(3_600)), 600),
}).register(z.globalRegistry, { id: 'CreateEmbedToken' });

export const EmbedToken = z.object({ token: z.string(), expiresInSeconds: z.int(), /** Revokes it. */ sessionId: z.string() })
  .register(z.globalRegistry, { id: 'EmbedToken', description: 'A short-lived token for a page. Never put it into a URL.' });
export type EmbedToken = z.infer<typeof EmbedToken>;

/** How much is there, and how much there may be; without a limit when that is absent. */
export const Quota = z.object({ used: z.int(), limit: z.optional(z.int()) }).register(z.globalRegistry, { id: 'Quota' });
export type Quota = z.infer<typeof Quota>;

export const Session = z.object({
  kind: z.enum(principalKinds),
  subject: z.string(),
  workspaceId: z.string(),
  /** With `appId` in the query the role on that app, else the ceiling; absent for the operator, who is above all roles. */
  role: z.optional(Role),
  /** What it may do there. */
  scopes: z.array(Scope),
  apps: z.optional(z.array(z.string())),
  labels: z.optional(z.array(Label)),
  /** Of an embed token: what revokes it. */
  sessionId: z.optional(z.string()),
  expiresInSeconds: z.optional(z.int()),
  limits: z.object({ apps: Quota }),
}).register(z.globalRegistry, { id: 'Session', description: 'What the token of this request may do.' });
export type Session = z.infer<typeof Session>;

/** Whose users come in with their own tokens (JWT), and what they may. */
export const WorkspaceOidc = z.object({
  /** As in `iss`; `https`, but for this machine itself. */
  issuer: z.url({ protocol: /^https?$/ }).check(z.maxLength(500)),
  /** What must be in `aud`. */
  audience: z.string().check(z.minLength(1), z.maxLength(200)),
  /** The claim that names the user. */
  subjectClaim: z._default(z.string().check(z.minLength(1), z.maxLength(200)), 'sub'),
  /** The claim with a group or a list of groups; `realm_access.roles` looks inside. */
  roleClaim: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  /** Which role a group has; of several the highest counts. */
  roles: z.optional(z.record(z.string(), Role)),
  /** Of users without such a group; when absent they have only what apps grant them. */
  defaultRole: z.optional(Role),
}).register(z.globalRegistry, { id: 'WorkspaceOidc', description: 'The identity provider of a workspace.' });
export type WorkspaceOidc = z.infer<typeof WorkspaceOidc>;

export const WorkspaceLimits = z.object({ apps: z.optional(z.int().check(z.minimum(0), z.maximum(1_000_000))) }).register(z.globalRegistry, { id: 'WorkspaceLimits' });
export type WorkspaceLimits = z.infer<typeof WorkspaceLimits>;

export const Workspace = z.object({
  id: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'at most 40 lower-case letters, digits and -, beginning with a letter')),
  title: z.string(),
  /** Page origins that may call the API with one of its tokens. */
  origins: z.array(Origin).check(z.maxLength(100)),
  oidc: z.optional(WorkspaceOidc),
  limits: WorkspaceLimits,
  usage: z.object({ apps: z.int() }),
  /** No app of it is served. */
  suspended: z.optional(Suspension),
}).register(z.globalRegistry, { id: 'Workspace', description: "One portal's tenant." });
export type Workspace = z.infer<typeof Workspace>;

/** All that a workspace is: what is not named is taken away. */
export const PutWorkspace = z.object({ title: Title, origins: Workspace.shape.origins, oidc: Workspace.shape.oidc, limits: z._default(WorkspaceLimits, {}) })
  .register(z.globalRegistry, { id: 'PutWorkspace' });

const workspaceParams = z.object({ workspaceId: Workspace.shape.id });

export const sessionRoutes = {
  read: defineRoute({
    method: 'GET', path: '/v1/session', summary: 'Read what the token may do, in the workspace or on an app', access: 'session', query: z.object({ appId: z.optional(z.string().check(z.maxLength(100))) }),
    status: 200, response: Session, errors: ['app_not_found'],
  }),
} as const;

export const embedTokenRoutes = {
  create: defineRoute({ method: 'POST', path: '/v1/embed-tokens', summary: 'Mint a token for a page', access: 'tokens:write', body: CreateEmbedToken, status: 201, response: EmbedToken, errors: ['app_not_found'] }),
  revoke: defineRoute({
    method: 'DELETE', path: '/v1/embed-tokens/:sessionId', summary: 'Revoke a token and close its streams', access: 'tokens:write', params: z.object({ sessionId: z.string() }), status: 204, errors: ['session_not_found'],
  }),
} as const;

export const workspaceRoutes = {
  list: defineRoute({ method: 'GET', path: '/v1/workspaces', summary: 'List workspaces by their id', access: 'operator', query: PageQuery, status: 200, response: pageOf(Workspace), errors: [] }),
  put: defineRoute({
    method: 'PUT', path: '/v1/workspaces/:workspaceId', summary: 'Create a workspace or replace what it is', access: 'operator', params: workspaceParams,
    body: PutWorkspace, status: 200, response: Workspace, errors: ['isolation_too_low', 'runner_unavailable'],
  }),
  read: defineRoute({ method: 'GET', path: '/v1/workspaces/:workspaceId', summary: 'Read a workspace', access: 'operator', params: workspaceParams, status: 200, response: Workspace, errors: ['workspace_not_found'] }),
  suspend: defineRoute({ method: 'POST', path: '/v1/workspaces/:workspaceId/suspend', summary: 'Stop serving all apps of a workspace until it is resumed', access: 'operator', params: workspaceParams, body: z._default(Reason, {}), status: 200, response: Workspace, errors: ['workspace_not_found'] }),
  resume: defineRoute({ method: 'POST', path: '/v1/workspaces/:workspaceId/resume', summary: 'Take the suspension of a workspace away; what was live in its apps is asked for again', access: 'operator', params: workspaceParams, body: z._default(Reason, {}), status: 200, response: Workspace, errors: ['workspace_not_found'] }),
} as const;
