import { call, type Transport } from '../call.ts';
import type { CallOptions, StreamOptions } from '../client-types.ts';
import type { StreamEvent } from '../contract/events.ts';
import type { LogLevel } from '../contract/log-entries.ts';
import type { LogLine, LogTail } from '../contract/logs.ts';

export interface LogsResource {
  /**
   * The newest lines, oldest first; of one deployment (`generation`), or only those that are at least so grave (`level`), where asked for.
   * @example const { lines } = await fapi.logs.read(app.id, { limit: 100, level: 'error' });
   */
  read(appId: string, query?: { limit?: number | undefined; generation?: number | undefined; level?: LogLevel | undefined }, options?: CallOptions): Promise<LogTail>;
  /** @example for await (const { stream, text } of fapi.logs.follow(app.id, { since: '0' })) console.log(stream, text); */
  follow(appId: string, options?: CallOptions & { since?: string | undefined }): AsyncIterable<LogLine>;
}

export const createLogs = (transport: Transport, stream: (options: StreamOptions) => AsyncIterable<StreamEvent>): LogsResource => ({
  read: (appId, query = {}, options = {}) => call(transport, 'GET /v1/apps/:appId/logs', { ...options, params: { appId }, query }),
  async *follow(appId, options = {}) {
    for await (const event of stream({ ...options, apps: [appId], topics: ['logs'] })) if (event.type === 'log') yield* event.lines;
  },
});
