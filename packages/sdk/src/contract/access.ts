import * as z from 'zod/mini';
import { PageQuery, pageOf } from './page.ts';
import { defineRoute, Scope } from './route.ts';
import { readable, Title } from './title.ts';

/** From the least to the most: each may what the one before it may. */
export const roles = ['viewer', 'editor', 'deployer', 'admin'] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

const viewer = ['apps:read', 'drafts:read', 'deployments:read', 'logs:read', 'metrics:read'] as const satisfies readonly Scope[];
const editor = [...viewer, 'drafts:write', 'environment:read'] as const satisfies readonly Scope[];
const deployer = [...editor, 'deployments:write', 'environment:write'] as const satisfies readonly Scope[];
const admin = [...deployer, 'apps:write', 'access:write', 'audit:read', 'tokens:write'] as const satisfies readonly Scope[];

/** THE table of roles: what each of them may. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = { viewer, editor, deployer, admin };
/** What a token may when its maker names neither role nor scopes: all that building takes, and nothing that gives others access. */
export const builderScopes: readonly Scope[] = admin.filter((scope) => scope !== 'tokens:write' && scope !== 'access:write' && scope !== 'audit:read');

/** Years that every clock and database between us and the caller knows. */
const Time = z.iso.datetime({ offset: true }).check(z.regex(/^[12]\d{3}-/, 'a time is one of the years 1000 to 2999'));

/** Names a group of apps, such as a class or a student. */
export const Label = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,62}$/, 'a label is at most 63 letters, digits, _ . : and -, beginning with a letter or digit'));
export const Labels = z.array(Label).check(z.maxLength(20));

/** Who is meant, in the words of the portal; of an OIDC user `<issuer host>:<sub>`. */
export const Subject = readable(z.string().check(z.minLength(1), z.maxLength(200)));

export const Grant = z.object({ subject: z.string(), role: Role }).register(z.globalRegistry, { id: 'Grant', description: 'The role of one subject on one app.' });
export type Grant = z.infer<typeof Grant>;

/** On this app a subject has the lower one of its own role and the one that is granted here; who has no role of its own has the granted one. */
export const AppAccess = z.object({ grants: z.array(Grant).check(z.maxLength(500)) }).register(z.globalRegistry, { id: 'AppAccess', description: 'The roles that subjects have on one app.' });
export type AppAccess = z.infer<typeof AppAccess>;

/** All of them: who is not named has none there any more. */
export const PutAppAccess = z.object({ grants: z.array(z.object({ subject: Subject, role: Role })).check(z.maxLength(500)) }).register(z.globalRegistry, { id: 'PutAppAccess' });

export const ApiKey = z.object({
  id: z.string(),
  title: z.string(),
  role: Role,
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'ApiKey', description: 'A key of a workspace. Its text is answered once, when it is made.' });
export type ApiKey = z.infer<typeof ApiKey>;

export const CreateApiKey = z.object({
  title: Title,
  /** Never above the maker's own. */
  role: Role,
  /** Until it is deleted when absent. */
  expiresAt: z.optional(Time),
}).register(z.globalRegistry, { id: 'CreateApiKey' });

/** The key in clear, this once: only its digest is kept. */
export const CreatedApiKey = z.extend(ApiKey, { key: z.string() }).register(z.globalRegistry, { id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

export const principalKinds = ['operator', 'api_key', 'embed', 'oidc'] as const;
export type PrincipalKind = (typeof principalKinds)[number];

export const AuditEntry = z.object({
  id: z.string(),
  at: z.string(),
  subject: z.string(),
  /** `system` is the server itself. */
  kind: z.enum([...principalKinds, 'system']),
  /** Such as `apps.create`. */
  action: z.string(),
  appId: z.optional(z.string()),
  /** Of a suspension and of its end: why, as the operator said it. */
  reason: z.optional(z.string()),
  /** The one that the answer had in `x-request-id`. */
  requestId: z.optional(z.string()),
}).register(z.globalRegistry, { id: 'AuditEntry', description: 'One write: who did what, when.' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditQuery = z.extend(PageQuery, {
  appId: z.optional(z.string().check(z.maxLength(100))),
  subject: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  action: z.optional(z.string().check(z.maxLength(100))),
  since: z.optional(Time),
});

const params = z.object({ appId: z.string() });

export const accessRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/apps/:appId/access', summary: 'Read who has which role on an app', access: 'access:write', params, status: 200, response: AppAccess, errors: ['app_not_found'] }),
  put: defineRoute({ method: 'PUT', path: '/v1/apps/:appId/access', summary: 'Say who has which role on an app', access: 'access:write', params, body: PutAppAccess, status: 200, response: AppAccess, errors: ['app_not_found'] }),
} as const;

export const apiKeyRoutes = {
  create: defineRoute({ method: 'POST', path: '/v1/api-keys', summary: 'Make a key of the workspace', access: 'access:write', body: CreateApiKey, status: 201, response: CreatedApiKey, errors: ['quota_exceeded'] }),
  list: defineRoute({ method: 'GET', path: '/v1/api-keys', summary: 'List the keys of the workspace, newest first', access: 'access:write', query: PageQuery, status: 200, response: pageOf(ApiKey), errors: [] }),
  delete: defineRoute({ method: 'DELETE', path: '/v1/api-keys/:apiKeyId', summary: 'Delete a key: it, and every token that it has minted, is refused from now on', access: 'access:write', params: z.object({ apiKeyId: z.string() }), status: 204, errors: ['api_key_not_found'] }),
} as const;

export const auditRoutes = {
  list: defineRoute({ method: 'GET', path: '/v1/audit', summary: 'List what was written and by whom, newest first', access: 'audit:read', query: AuditQuery, status: 200, response: pageOf(AuditEntry), errors: ['app_not_found'] }),
} as const;
