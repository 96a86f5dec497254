import type { Period } from '../../events.ts';
import type { Row } from './rows.ts';

/** The server's clock and the runner's need not agree to the millisecond, and a traceback is printed after its answer. */
const [beforeMs, afterMs] = [100, 1_000];

/** The first error that was printed in a period, or right after it: a traceback before any line of another kind. */
export function findDuring(rows: readonly Row[], { from, to }: Period): Row | undefined {
  const [first, last] = [Date.parse(from) - beforeMs, Date.parse(to) + afterMs];
  const within = rows.filter(({ depth, line }) => depth === 1 && Date.parse(line.at) >= first && Date.parse(line.at) <= last);
  return within.find(({ kind }) => kind === 'traceback') ?? within[0];
}
