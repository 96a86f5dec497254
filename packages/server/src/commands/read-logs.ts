import type { LogLine } from '@fapi/sdk/contract';
import { readNewest } from '../store/events.ts';
import type { Context } from './context.ts';

/** Letters of the answer: lines may be long. */
const mostLetters = 2_000_000;

/** The newest lines, oldest first: at most `limit` of them, and fewer when they are long. */
export async function readLogs(context: Pick<Context, 'db'>, appId: string, limit: number): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let letters = 0;
  for await (const payload of readNewest(context.db, appId, 'log')) {
    for (const line of (payload as { lines: LogLine[] }).lines.toReversed()) {
      letters += line.text.length;
      if (lines.length === limit || letters > mostLetters) return lines.toReversed();
      lines.push(line);
    }
  }
  return lines.toReversed();
}
