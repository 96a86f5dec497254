import * as z from 'zod/mini';
import { defineRoute, Scope } from './route.ts';

/** Where a page comes from, such as `https://portal.example`; what comes after the port is ignored. */
const Origin = z.url({ protocol: /^https?$/ });

/** Asks for a token that a portal's page may hold for a few minutes, in the workspace that the header `fapi-workspace` names. Minted by the portal's backend, never by a page. */
export const CreateEmbedToken = z.object({
  /** Who the builder is, in the portal's words; ends up in `createdBy` and the audit rows. */
  subject: z.string().check(z.minLength(1), z.maxLength(200)),
  scopes: z.optional(z.array(Scope)),
  /** Only these apps; every app of the workspace when absent. An app created with the token is added to it. */
  apps: z.optional(z.array(z.string()).check(z.maxLength(100))),
  /** Page origins that may use it; a subset of the workspace's. */
  origins: z.optional(z.array(Origin).check(z.maxLength(20))),
  ttlSeconds: z._default(z.int().check(z.minimum(1), z.maximum(3_600)), 600),
}).register(z.globalRegistry, { id: 'CreateEmbedToken' });

export const EmbedToken = z.object({ token: z.string(), expiresInSeconds: z.int(), sessionId: z.string() })
  .register(z.globalRegistry, { id: 'EmbedToken', description: 'A short-lived token for a page. Never put it into a URL.' });
export type EmbedToken = z.infer<typeof EmbedToken>;

export const Session = z.object({
  kind: z.enum(['operator', 'embed']),
  subject: z.string(),
  workspaceId: z.string(),
  scopes: z.array(Scope),
  apps: z.optional(z.array(z.string())),
  expiresInSeconds: z.optional(z.int()),
}).register(z.globalRegistry, { id: 'Session', description: 'What the token of this request may do.' });
export type Session = z.infer<typeof Session>;

export const Workspace = z.object({
  id: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'at most 40 lower-case letters, digits and -, beginning with a letter')),
  title: z.string().check(z.minLength(1), z.maxLength(80)),
  /** Page origins that may call the API with one of its tokens. */
  origins: z.array(Origin),
}).register(z.globalRegistry, { id: 'Workspace', description: "One portal's tenant." });
export type Workspace = z.infer<typeof Workspace>;
export const PutWorkspace = z.omit(Workspace, { id: true }).register(z.globalRegistry, { id: 'PutWorkspace' });

export const sessionRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/session', summary: 'Read what the token may do', access: 'session', status: 200, response: Session, errors: [] }),
} as const;

export const embedTokenRoutes = {
  create: defineRoute({
    method: 'POST', path: '/v1/embed-tokens', summary: 'Mint a token for a page', access: 'operator', body: CreateEmbedToken, status: 201, response: EmbedToken,
    errors: ['app_not_found'],
  }),
} as const;

export const workspaceRoutes = {
  put: defineRoute({
    method: 'PUT', path: '/v1/workspaces/:workspaceId', summary: 'Create a workspace or set its title and origins', access: 'operator', params: z.object({ workspaceId: Workspace.shape.id }),
    body: PutWorkspace, status: 200, response: Workspace, errors: ['isolation_too_low', 'runner_unavailable'],
  }),
  read: defineRoute({
    method: 'GET', path: '/v1/workspaces/:workspaceId', summary: 'Read a workspace', access: 'operator', params: z.object({ workspaceId: Workspace.shape.id }), status: 200, response: Workspace, errors: ['workspace_not_found'],
  }),
} as const;
