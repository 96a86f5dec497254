import type { LogLine } from '../../contract/logs.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { pause } from '../../pause.ts';
import { isAway } from '../failure.ts';

const retryMs = 500;
/** More than a gap holds, or all that is kept. */
const gapLines = 2_000;

/** Lines without a gap and without a repetition, over lost connections and restarts of the server. `tail` of those that are there already come first. */
export async function* followLines(client: FapiClient, appId: string, { tail, signal, onConnection }: { tail: number; signal: AbortSignal; onConnection?: (state: string) => void }): AsyncGenerator<LogLine> {
  let last: number | undefined;
  for await (const event of client.events.stream({ apps: [appId], topics: ['logs'], signal, ...(onConnection ? { onConnection } : {}) })) {
    if (event.type !== 'ready' && event.type !== 'reset' && event.type !== 'log') continue;
    const isFirst = last === undefined;
    const lines = event.type === 'log' ? event.lines : await readPatiently(client, appId, isFirst ? Math.max(1, tail) : gapLines, signal);
    const fresh = lines.filter(({ seq }) => last === undefined || seq > last);
    last = Math.max(last ?? 0, lines.at(-1)?.seq ?? 0);
    // The first read also says where the present begins.
    if (!isFirst || tail > 0) yield* fresh;
  }
}

async function readPatiently(client: FapiClient, appId: string, limit: number, signal: AbortSignal): Promise<LogLine[]> {
  for (;;) {
    try {
      return (await client.logs.read(appId, { limit }, { signal })).lines;
    } catch (error) {
      if (!isAway(error)) throw error;
      await pause(retryMs, signal);
    }
  }
}
