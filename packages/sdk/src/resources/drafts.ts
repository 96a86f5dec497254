import { call, type Transport } from '../call.ts';
import type { FapiClient } from '../client-types.ts';
import { draftRoutes as routes } from '../contract/drafts.ts';

export const createDrafts = (transport: Transport): FapiClient['drafts'] => ({
  read: (appId, options = {}) => call(transport, routes.read, { ...options, params: { appId } }),
  save: (appId, { version, files }, options = {}) => call(transport, routes.save, { ...options, params: { appId }, headers: { 'if-match': `"${version}"` }, body: { files: [...files] } }),
  validate: (appId, body, options = {}) => call(transport, routes.validate, { timeoutMs: 40_000, ...options, params: { appId }, body }),
});
