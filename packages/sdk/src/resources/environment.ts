import { call, type Transport } from '../call.ts';
import type { CallOptions } from '../client-types.ts';
import type { Egress, EgressGrant } from '../contract/egress.ts';
import type { Environment, environmentRoutes as routes } from '../contract/environment.ts';
import type { BodyInputOf } from '../contract/route.ts';

export interface EnvironmentResource {
  /**
   * The variables of the app; those that are secret without their values.
   * @example const { version, variables } = await fapi.environment.read(app.id);
   */
  read(appId: string, options?: CallOptions): Promise<Environment>;
  /**
   * Replaces the whole environment if `version` is still the newest; else `ApiError` `environment_conflict`, with the `currentVersion`. A secret without a value keeps the one it has.
   * The next deployment takes it live: one of the live revision brings nothing else.
   * @example
   * await fapi.environment.save(app.id, { version, variables: [...variables, { name: 'API_KEY', value: key, secret: true, scope: 'live' }] });
   * await fapi.deployments.create(app.id, { revision: 'live' });
   */
  save(appId: string, environment: { version: number; variables: readonly BodyInputOf<typeof routes.save>['variables'][number][] }, options?: CallOptions): Promise<Environment>;
}

export interface EgressResource {
  /** @example const { grants } = await fapi.egress.read(app.id); */
  read(appId: string, options?: CallOptions): Promise<Egress>;
  /**
   * Says where the app may connect to, and swaps what is live for the same revision with it. Operator key only.
   * @example await fapi.egress.put(app.id, { grants: [{ host: 'db.internal', port: 5432 }] });
   */
  put(appId: string, egress: { grants: readonly EgressGrant[] }, options?: CallOptions): Promise<Egress>;
}

export const createEnvironment = (transport: Transport): EnvironmentResource => ({
  read: (appId, options = {}) => call(transport, 'GET /v1/apps/:appId/environment', { ...options, params: { appId } }),
  save: (appId, { version, variables }, options = {}) => call(transport, 'PUT /v1/apps/:appId/environment', { ...options, params: { appId }, headers: { 'if-match': `"${version}"` }, body: { variables: [...variables] } }),
});

export const createEgress = (transport: Transport): EgressResource => ({
  read: (appId, options = {}) => call(transport, 'GET /v1/apps/:appId/egress', { ...options, params: { appId } }),
  put: (appId, { grants }, options = {}) => call(transport, 'PUT /v1/apps/:appId/egress', { ...options, params: { appId }, body: { grants: [...grants] } }),
});
