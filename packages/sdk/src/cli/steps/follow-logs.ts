import type { LogLine } from '../../contract/logs.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { pause } from '../../pause.ts';
import { createToldLines } from '../../resources/logs/told-lines.ts';
import { isAway } from '../failure.ts';

const retryMs = 500;
/** More than a gap holds, or all that is kept. */
export const gapLines = 2_000;

/** Lines without a gap and without a repetition, over lost connections and restarts of the server. `tail` of those that are there already come first; `isWanted` picks some. */
export async function* followLines(client: FapiClient, appId: string, { tail, signal, isWanted, onConnection }: { tail: number; signal: AbortSignal; isWanted?: (line: LogLine) => boolean; onConnection?: (state: string) => void }): AsyncGenerator<LogLine> {
  const told = createToldLines();
  let isFirst = true;
  for await (const event of client.events.stream({ apps: [appId], topics: ['logs'], signal, ...(onConnection ? { onConnection } : {}) })) {
    if (event.type !== 'ready' && event.type !== 'reset' && event.type !== 'log') continue;
    const fresh = event.type === 'log' ? told.hear(event.lines) : told.read(await readPatiently(client, appId, isFirst && !isWanted ? Math.max(1, tail) : gapLines, signal));
    const wanted = isWanted ? fresh.filter(isWanted) : fresh;
    // The first read also says where the present begins.
    if (!isFirst) yield* wanted;
    else if (tail > 0) yield* wanted.slice(-tail);
    isFirst = false;
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
