import { isAtLeast, type LogLevel, type LogLine, readEntries } from '@fapi/sdk/contract';
import { readNewest } from '../../store/history/events.ts';
import type { Context } from '../context.ts';

/** Letters of the answer: lines may be long. */
const mostLetters = 2_000_000;
/** Of those that are looked at for it: who asks for what is rare must not have all that is kept read. */
const looked = { lines: 20_000, letters: 8_000_000 };

export interface LogQuery { readonly limit: number; readonly generation?: number | undefined; readonly level?: LogLevel | undefined }

/** The newest lines that are asked for, oldest first: at most `limit` of them, and fewer when they are long or far back. */
export async function readLogs(context: Pick<Context, 'db'>, appId: string, { limit, generation, level }: LogQuery): Promise<LogLine[]> {
  // How grave a line is depends on those around it: they are chosen when all are there.
  const bounds = level === undefined ? { lines: limit, letters: mostLetters } : looked;
  const lines: LogLine[] = [];
  let [seen, letters] = [0, 0];
  reading: for await (const payload of readNewest(context.db, appId, 'log')) {
    for (const line of (payload as { lines: LogLine[] }).lines.toReversed()) {
      if (++seen > looked.lines) break reading;
      if (generation !== undefined && line.generation !== generation) continue;
      letters += line.text.length;
      if (lines.length === bounds.lines || letters > bounds.letters) break reading;
      lines.push(line);
    }
  }
  // A line that came late was stored behind those that were printed after it.
  const found = lines.toSorted((a, b) => a.seq - b.seq);
  return level === undefined ? found : newest(readEntries(found).filter((entry) => isAtLeast(entry.level, level)).flatMap((entry) => entry.lines).toSorted((a, b) => a.seq - b.seq), limit);
}

function newest(lines: readonly LogLine[], limit: number): LogLine[] {
  let letters = 0;
  const from = lines.findLastIndex((line) => (letters += line.text.length) > mostLetters) + 1;
  return lines.slice(Math.max(from, lines.length - limit));
}
