import { call, type Transport } from '../call.ts';
import type { FapiClient, StreamOptions } from '../client-types.ts';
import type { StreamEvent } from '../contract/events.ts';
import { logRoutes as routes } from '../contract/logs.ts';

export const createLogs = (transport: Transport, stream: (options: StreamOptions) => AsyncIterable<StreamEvent>): FapiClient['logs'] => ({
  read: (appId, query = {}, options = {}) => call(transport, routes.read, { ...options, params: { appId }, query }),
  async *follow(appId, options = {}) {
    for await (const event of stream({ ...options, apps: [appId], topics: ['logs'] })) if (event.type === 'log') yield* event.lines;
  },
});
