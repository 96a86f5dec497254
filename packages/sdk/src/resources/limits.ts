import { call, type Transport } from '../call.ts';
import type { CallOptions } from '../client-types.ts';
import type { AppLimits, limitRoutes as routes } from '../contract/limits.ts';
import type { BodyInputOf } from '../contract/route.ts';

export interface LimitsResource {
  /**
   * What holds, and what the app uses of it now; `used` is absent when that is not known.
   * @example const { memoryMiB, folderMiB } = await fapi.apps.limits.read(app.id); console.log(memoryMiB.used ?? 'unknown', memoryMiB.limit, folderMiB.limit);
   */
  read(appId: string, options?: CallOptions): Promise<AppLimits>;
  /**
   * Says how much of the machine the app may have, in mebibytes, and swaps what is live for the same revision with it. Null, or not named: what every app has. Operator key only.
   * @example await fapi.apps.limits.put(app.id, { memoryMiB: 256 });
   */
  put(appId: string, limits: BodyInputOf<typeof routes.put>, options?: CallOptions): Promise<AppLimits>;
}

export const createLimits = (transport: Transport): LimitsResource => ({
  read: (appId, options = {}) => call(transport, 'GET /v1/apps/:appId/limits', { ...options, params: { appId } }),
  put: (appId, body, options = {}) => call(transport, 'PUT /v1/apps/:appId/limits', { ...options, params: { appId }, body }),
});
