import { call, type Transport } from '../call.ts';
import type { CallOptions } from '../client-types.ts';
import type { Readiness } from '../contract/health.ts';
import type { RuntimeFacts, RuntimePackages } from '../contract/runtime.ts';

export interface RuntimeResource {
  /**
   * What runs the apps, and how well it isolates them (level 0 to 3).
   * @example const { isolation: { level, layers } } = await fapi.runtime.read();
   */
  read(options?: CallOptions): Promise<RuntimeFacts>;
  /**
   * The packages that every app can import, by name.
   * @example const { packages } = await fapi.runtime.packages();
   */
  packages(options?: CallOptions): Promise<RuntimePackages>;
}

export interface HealthResource {
  /** Rejects with `ApiError` `not_ready` while the server cannot work. @example await fapi.health.ready(); */
  ready(options?: CallOptions): Promise<Readiness>;
}

export const createRuntime = (transport: Transport): RuntimeResource => ({
  read: (options = {}) => call(transport, 'GET /v1/runtime', { ...options }),
  packages: (options = {}) => call(transport, 'GET /v1/runtime/packages', { ...options }),
});

export const createHealth = (transport: Transport): HealthResource => ({ ready: (options = {}) => call(transport, 'GET /v1/health/ready', { ...options }) });
