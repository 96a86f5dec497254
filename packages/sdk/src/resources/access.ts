import { call, type Transport } from '../call.ts';
import type { FapiClient } from '../client-types.ts';
import { healthRoutes } from '../contract/health.ts';
import { embedTokenRoutes, sessionRoutes, workspaceRoutes } from '../contract/session.ts';

/** Who may come in, and whether the door is open. */
export const createAccess = (transport: Transport): Pick<FapiClient, 'embedTokens' | 'session' | 'workspaces' | 'health'> => ({
  embedTokens: { create: (body, options = {}) => call(transport, embedTokenRoutes.create, { ...options, body }) },
  session: { read: (options = {}) => call(transport, sessionRoutes.read, { ...options }) },
  workspaces: {
    put: (workspaceId, { title, origins }, options = {}) => call(transport, workspaceRoutes.put, { ...options, params: { workspaceId }, body: { title, origins: [...origins] } }),
    read: (workspaceId, options = {}) => call(transport, workspaceRoutes.read, { ...options, params: { workspaceId } }),
  },
  health: { ready: (options = {}) => call(transport, healthRoutes.ready, { ...options }) },
});
