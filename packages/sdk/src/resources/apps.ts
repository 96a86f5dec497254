import { call, type Transport } from '../call.ts';
import type { FapiClient } from '../client-types.ts';
import { appRoutes as routes } from '../contract/apps.ts';
import { paged } from '../paging.ts';

export const createApps = (transport: Transport): FapiClient['apps'] => ({
  create: (body, options = {}) => call(transport, routes.create, { ...options, body, headers: { 'idempotency-key': crypto.randomUUID() } }),
  list: (query = {}, options = {}) => paged((cursor) => call(transport, routes.list, { ...options, query: { ...query, cursor } }), query.cursor),
  read: (appId, options = {}) => call(transport, routes.read, { ...options, params: { appId } }),
  patch: (appId, body, options = {}) => call(transport, routes.patch, { ...options, params: { appId }, body }),
  delete: (appId, options = {}) => call(transport, routes.delete, { ...options, params: { appId } }),
  metrics: (appId, options = {}) => call(transport, routes.metrics, { ...options, params: { appId } }),
});
