import { call, type Transport } from '../call.ts';
import type { CallOptions, StreamOptions } from '../client-types.ts';
import type { StreamEvent } from '../contract/events.ts';
import type { LogLevel } from '../contract/log-entries.ts';
import type { LogLine, LogTail } from '../contract/logs.ts';
import { patiently } from './patiently.ts';

export interface LogsResource {
  /**
   * The newest lines, oldest first; of one deployment (`generation`), or only those that are at least so grave (`level`), where asked for.
   * @example const { lines } = await fapi.logs.read(app.id, { limit: 100, level: 'error' });
   */
  read(appId: string, query?: { limit?: number | undefined; generation?: number | undefined; level?: LogLevel | undefined }, options?: CallOptions): Promise<LogTail>;
  /**
   * Every line from now on, or from `since` on (`'0'`: all that are kept), once each and in their order; over lost connections too, as far as the server has kept what was printed meanwhile.
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
      let last = since === undefined ? undefined : -1;
      for await (const event of stream({ ...options, since, apps: [appId], topics: ['logs'] })) {
        if (event.type !== 'log' && event.type !== 'reset') continue;
        // After a gap that the stream does not fill, and where no stream gets through, the lines are read.
        const lines = event.type === 'log' ? event.lines : (await patiently(() => read(appId, { limit: gapLines }, options), closing, options.signal))?.lines ?? [];
        const from = last;
        last = Math.max(last ?? -1, lines.at(-1)?.seq ?? -1);
        // Whoever did not ask for what is there already begins with what comes.
        if (from !== undefined || event.type === 'log') yield* lines.filter(({ seq }) => from === undefined || seq > from);
      }
    },
  };
}
