import { call, type Transport } from '../call.ts';
import type { CallOptions } from '../client-types.ts';

export interface PresenceResource {
  /**
   * Says that a page has the app open, and which file. It is forgotten 45 s after the last word; who follows the app hears of it as `presence`.
   * @example await fapi.presence.put(app.id, 'page_of_mine', { path: 'main.py' });
   */
  put(appId: string, page: string, place?: { path?: string | undefined }, options?: CallOptions): Promise<void>;
  /**
   * Says that the page has left the app.
   * @example await fapi.presence.delete(app.id, 'page_of_mine');
   */
  delete(appId: string, page: string, options?: CallOptions): Promise<void>;
}

export const createPresence = (transport: Transport): PresenceResource => ({
  put: (appId, page, { path } = {}, options = {}) => call(transport, 'PUT /v1/apps/:appId/presence/:page', { ...options, params: { appId, page }, body: path === undefined ? {} : { path } }),
  delete: (appId, page, options = {}) => call(transport, 'DELETE /v1/apps/:appId/presence/:page', { ...options, params: { appId, page }, outlivesPage: true }),
});
