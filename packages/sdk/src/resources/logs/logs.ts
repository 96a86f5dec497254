import { call, type Transport } from '../../call.ts';
import type { CallOptions, StreamOptions } from '../../client-types.ts';
import type { StreamEvent } from '../../contract/events.ts';
import type { LogLevel } from '../../contract/log-entries.ts';
import type { LogLine, LogTail } from '../../contract/logs.ts';
import { patiently } from '../patiently.ts';
import { createToldLines } from './told-lines.ts';

export interface LogsResource {
  /**
   * The newest lines, oldest first; of one deployment (`generation`), or only those that are at least so grave (`level`), where asked for.
   * @example const { lines } = await fapi.logs.read(app.id, { limit: 100, level: 'error' });
   */
  read(appId: string, query?: { limit?: number | undefined; generation?: number | undefined; level?: LogLevel | undefined }, options?: CallOptions): Promise<LogTail>;
  /**
   * Every line from now on, or from `since` on (`'0'`: all that are kept), once each and as they come: a line that comes late follows those that were printed after it; over lost connections too, as far as the server has kept what was printed meanwhile.
   * @example for await (const { stream, text } of fapi.logs.follow(app.id, { since: '0' })) console.log(stream, text);
   */
  follow(appId: string, options?: CallOptions & { since?: string | undefined }): AsyncIterable<LogLine>;
}

/** All that one answer holds. */
const gapLines = 2_000;

export function createLogs(transport: Transport, stream: (options: StreamOptions) => AsyncIterable<StreamEvent>, closing: AbortSignal): LogsResource {
  const read: LogsResource['read'] = (appId, query = {}, options = {}) => call(transport, 'GET /v1/apps/:appId/logs', { ...options, params: { appId }, query });
  return {
    read,
    async *follow(appId, { since, ...options } = {}) {
      const told = createToldLines();
      // Whoever did not ask for what is there already begins with what comes.
      let isBegun = since !== undefined;
      for await (const event of stream({ ...options, since, apps: [appId], topics: ['logs'] })) {
        if (event.type !== 'log' && event.type !== 'reset') continue;
        // After a gap that the stream does not fill, and where no stream gets through, the lines are read.
        const fresh = event.type === 'log' ? told.hear(event.lines) : told.read((await patiently(() => read(appId, { limit: gapLines }, options), closing, options.signal))?.lines ?? []);
        if (isBegun || event.type === 'log') yield* fresh;
        isBegun = true;
      }
    },
  };
}
