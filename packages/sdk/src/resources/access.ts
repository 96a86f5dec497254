import { call, type Transport } from '../call.ts';
import type { CallOptions } from '../client-types.ts';
import type { BodyInputOf } from '../contract/route.ts';
import { type EmbedToken, embedTokenRoutes, type Session, sessionRoutes, type Workspace, workspaceRoutes } from '../contract/session.ts';

/** Who may come in. */
export interface AccessResources {
  /**
   * For a portal's backend, with the operator key: a token of minutes for one visitor's page.
   * @example const { token, expiresInSeconds } = await fapi.embedTokens.create({ subject: user.id, apps: [app.id], origins: ['https://portal.example'] });
   */
  readonly embedTokens: { create(body: BodyInputOf<typeof embedTokenRoutes.create>, options?: CallOptions): Promise<EmbedToken> };
  /** What the token may do. @example const { scopes, apps } = await fapi.session.read(); */
  readonly session: { read(options?: CallOptions): Promise<Session> };
  readonly workspaces: {
    /**
     * Creates a workspace or sets its title and the page origins that may call. Operator key only.
     * @example await fapi.workspaces.put('default', { title: 'Portal', origins: ['https://portal.example'] });
     */
    put(workspaceId: string, body: { title: string; origins: readonly string[] }, options?: CallOptions): Promise<Workspace>;
    /** @example const { origins } = await fapi.workspaces.read('default'); */
    read(workspaceId: string, options?: CallOptions): Promise<Workspace>;
  };
}

export const createAccess = (transport: Transport): AccessResources => ({
  embedTokens: { create: (body, options = {}) => call(transport, embedTokenRoutes.create, { ...options, body }) },
  session: { read: (options = {}) => call(transport, sessionRoutes.read, { ...options }) },
  workspaces: {
    put: (workspaceId, { title, origins }, options = {}) => call(transport, workspaceRoutes.put, { ...options, params: { workspaceId }, body: { title, origins: [...origins] } }),
    read: (workspaceId, options = {}) => call(transport, workspaceRoutes.read, { ...options, params: { workspaceId } }),
  },
});
