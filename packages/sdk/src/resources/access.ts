import { call, type Transport } from '../call.ts';
import type { CallOptions, PagePromise } from '../client-types.ts';
import type { ApiKey, apiKeyRoutes, AppAccess, AuditEntry, auditRoutes, CreatedApiKey, Grant } from '../contract/access.ts';
import type { BodyInputOf, QueryInputOf } from '../contract/route.ts';
import type { EmbedToken, embedTokenRoutes, Session, Workspace, workspaceRoutes } from '../contract/session.ts';
import { paged } from '../paging.ts';

/** Who may come in, and as what. */
export interface AccessResources {
  readonly embedTokens: {
    /**
     * For a portal's backend, with a key: a token of minutes for one visitor's page, never above the key itself.
     * @example const { token, expiresInSeconds } = await fapi.embedTokens.create({ subject: user.id, role: 'deployer', labels: [`user:${user.id}`], origins: ['https://portal.example'] });
     */
    create(body: BodyInputOf<typeof embedTokenRoutes.create>, options?: CallOptions): Promise<EmbedToken>;
    /**
     * Refuses the token from now on and ends its streams, on every server within a second.
     * @example await fapi.embedTokens.revoke(sessionId);
     */
    revoke(sessionId: string, options?: CallOptions): Promise<void>;
  };
  readonly session: {
    /**
     * What the token may do: in the workspace, or on the app that `appId` names.
     * @example const { role, scopes, limits } = await fapi.session.read({ appId: app.id });
     */
    read(options?: CallOptions & { appId?: string | undefined }): Promise<Session>;
  };
  readonly access: {
    /** @example const { grants } = await fapi.access.read(app.id); */
    read(appId: string, options?: CallOptions): Promise<AppAccess>;
    /**
     * Says who has which role on the app; who is not named has none of it from now on.
     * @example await fapi.access.put(app.id, { grants: [{ subject: 'login.example:ada', role: 'editor' }] });
     */
    put(appId: string, access: { grants: readonly Grant[] }, options?: CallOptions): Promise<AppAccess>;
  };
  readonly apiKeys: {
    /**
     * Makes a key of the workspace; its text is answered this once.
     * @example const { key, id } = await fapi.apiKeys.create({ title: 'CI', role: 'deployer' });
     */
    create(body: BodyInputOf<typeof apiKeyRoutes.create>, options?: CallOptions): Promise<CreatedApiKey>;
    /** Newest first. @example for await (const { title, role } of fapi.apiKeys.list()) console.log(title, role); */
    list(query?: QueryInputOf<typeof apiKeyRoutes.list>, options?: CallOptions): PagePromise<ApiKey>;
    /** Refuses the key from now on, with every token that it has minted. @example await fapi.apiKeys.delete(id); */
    delete(apiKeyId: string, options?: CallOptions): Promise<void>;
  };
  readonly audit: {
    /**
     * Every write and who did it, newest first.
     * @example for await (const { at, subject, action } of fapi.audit.list({ appId: app.id })) console.log(at, subject, action);
     */
    list(query?: QueryInputOf<typeof auditRoutes.list>, options?: CallOptions): PagePromise<AuditEntry>;
  };
  readonly workspaces: {
    /**
     * Creates a workspace or replaces what it is: title, page origins, identity provider and limits. What is not named is taken away. Operator key only.
     * @example await fapi.workspaces.put('default', { title: 'Portal', origins: ['https://portal.example'], limits: { apps: 100 } });
     */
    put(workspaceId: string, body: BodyInputOf<typeof workspaceRoutes.put>, options?: CallOptions): Promise<Workspace>;
    /** @example const { origins, usage, limits } = await fapi.workspaces.read('default'); */
    read(workspaceId: string, options?: CallOptions): Promise<Workspace>;
    /** By their ids. Operator key only. @example for await (const { id, usage } of fapi.workspaces.list()) console.log(id, usage.apps); */
    list(query?: QueryInputOf<typeof workspaceRoutes.list>, options?: CallOptions): PagePromise<Workspace>;
    /**
     * Has none of its apps served until it is resumed; deployments are refused with `workspace_suspended`. Operator key only.
     * @example await fapi.workspaces.suspend('acme', { reason: 'unpaid' });
     */
    suspend(workspaceId: string, body?: BodyInputOf<typeof workspaceRoutes.suspend>, options?: CallOptions): Promise<Workspace>;
    /**
     * Takes the suspension away; what was live in its apps is asked for again. Operator key only.
     * @example await fapi.workspaces.resume('acme', { reason: 'paid' });
     */
    resume(workspaceId: string, body?: BodyInputOf<typeof workspaceRoutes.resume>, options?: CallOptions): Promise<Workspace>;
  };
}

export const createAccess = (transport: Transport): AccessResources => ({
  embedTokens: {
    create: (body, options = {}) => call(transport, 'POST /v1/embed-tokens', { ...options, body }),
    revoke: (sessionId, options = {}) => call(transport, 'DELETE /v1/embed-tokens/:sessionId', { ...options, params: { sessionId } }),
  },
  session: { read: ({ appId, ...options } = {}) => call(transport, 'GET /v1/session', { ...options, query: { appId } }) },
  access: {
    read: (appId, options = {}) => call(transport, 'GET /v1/apps/:appId/access', { ...options, params: { appId } }),
    put: (appId, { grants }, options = {}) => call(transport, 'PUT /v1/apps/:appId/access', { ...options, params: { appId }, body: { grants: [...grants] } }),
  },
  apiKeys: {
    create: (body, options = {}) => call(transport, 'POST /v1/api-keys', { ...options, body }),
    list: (query = {}, options = {}) => paged((cursor) => call(transport, 'GET /v1/api-keys', { ...options, query: { ...query, cursor } }), query.cursor),
    delete: (apiKeyId, options = {}) => call(transport, 'DELETE /v1/api-keys/:apiKeyId', { ...options, params: { apiKeyId } }),
  },
  audit: { list: (query = {}, options = {}) => paged((cursor) => call(transport, 'GET /v1/audit', { ...options, query: { ...query, cursor } }), query.cursor) },
  workspaces: {
    put: (workspaceId, body, options = {}) => call(transport, 'PUT /v1/workspaces/:workspaceId', { ...options, params: { workspaceId }, body }),
    read: (workspaceId, options = {}) => call(transport, 'GET /v1/workspaces/:workspaceId', { ...options, params: { workspaceId } }),
    suspend: (workspaceId, body = {}, options = {}) => call(transport, 'POST /v1/workspaces/:workspaceId/suspend', { ...options, params: { workspaceId }, body }),
    resume: (workspaceId, body = {}, options = {}) => call(transport, 'POST /v1/workspaces/:workspaceId/resume', { ...options, params: { workspaceId }, body }),
    list: (query = {}, options = {}) => paged((cursor) => call(transport, 'GET /v1/workspaces', { ...options, query: { ...query, cursor } }), query.cursor),
  },
});
