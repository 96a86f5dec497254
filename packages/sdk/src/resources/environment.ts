import { call, type Transport } from '../call.ts';
import type { FapiClient } from '../client-types.ts';
import { egressRoutes } from '../contract/egress.ts';
import { environmentRoutes as routes } from '../contract/environment.ts';

export const createEnvironment = (transport: Transport): FapiClient['environment'] => ({
  read: (appId, options = {}) => call(transport, routes.read, { ...options, params: { appId } }),
  save: (appId, { version, variables }, options = {}) => call(transport, routes.save, { ...options, params: { appId }, headers: { 'if-match': `"${version}"` }, body: { variables: [...variables] } }),
});

export const createEgress = (transport: Transport): FapiClient['egress'] => ({
  read: (appId, options = {}) => call(transport, egressRoutes.read, { ...options, params: { appId } }),
  put: (appId, { grants }, options = {}) => call(transport, egressRoutes.put, { ...options, params: { appId }, body: { grants: [...grants] } }),
});
