import { call, type Transport } from '../call.ts';
import type { FapiClient } from '../client-types.ts';
import { draftRoutes as routes } from '../contract/drafts.ts';

/** What a test run may take beyond its own deadline. */
const testGraceMs = 30_000;

export const createDrafts = (transport: Transport): FapiClient['drafts'] => ({
  read: (appId, options = {}) => call(transport, routes.read, { ...options, params: { appId } }),
  save: (appId, { version, files }, options = {}) => call(transport, routes.save, { ...options, params: { appId }, headers: { 'if-match': `"${version}"` }, body: { files: [...files] } }),
  validate: (appId, body, options = {}) => call(transport, routes.validate, { timeoutMs: 40_000, ...options, params: { appId }, body }),
  test: (appId, body, options = {}) => call(transport, routes.test, { timeoutMs: (body.deadlineMs ?? 60_000) + testGraceMs, ...options, params: { appId }, body }),
});

