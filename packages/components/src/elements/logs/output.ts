import type { LogEntry, LogLevel, LogLine } from '@fapi/sdk/contract';
import type { Strings } from '../../strings.ts';
import { filterEntries, gatherFailures, toRows } from './rows.ts';
import type { Row } from './rows.ts';
import { createSearch, findLines } from './search.ts';
import type { Find, LogSearch } from './search.ts';

export interface OutputQuery {
  readonly lines: readonly LogLine[];
  /** Lines that were asked for by the filter, and may be older. */
  readonly older: readonly LogLine[];
  readonly level: LogLevel | undefined;
  readonly generation: number | undefined;
  readonly query: string;
  readonly open: ReadonlySet<string>;
  /** Lines up to this one are left out. */
  readonly cleared: number;
  /** The words that our own lines are read in. */
  readonly strings: Strings;
}

/** What is shown of an app's output. */
export interface ShownOutput {
  readonly entries: readonly LogEntry[];
  readonly rows: readonly Row[];
  readonly search: LogSearch | undefined;
  readonly finds: readonly Find[];
}

/** Reads what is to be shown, each step only when what it is made of has changed. */
export function createOutput(): (query: OutputQuery) => ShownOutput {
  const all = remembering((lines: readonly LogLine[], older: readonly LogLine[], cleared: number) => since(cleared, older.length === 0 ? lines : [...new Map([...older, ...lines].map((line) => [line.seq, line])).values()].toSorted((a, b) => a.seq - b.seq)));
  const entriesOf = remembering((lines: readonly LogLine[], level: LogLevel | undefined, generation: number | undefined) => filterEntries(lines, { level, generation }));
  const gather = remembering(gatherFailures);
  const rowsOf = remembering(toRows);
  const searchOf = remembering(createSearch);
  const findsOf = remembering(findLines);
  return ({ lines, older, level, generation, query, open, cleared, strings }) => {
    const entries = entriesOf(all(lines, older, cleared), level, generation);
    const shown = gather(entries);
    const search = searchOf(query, strings);
    return { entries, rows: rowsOf(shown, open), search, finds: findsOf(shown, search) };
  };
}

/** In the order of their numbers, as they are. */
const since = (cleared: number, lines: readonly LogLine[]): readonly LogLine[] => (cleared === 0 ? lines : lines.slice(lines.findLastIndex(({ seq }) => seq <= cleared) + 1));

function remembering<A extends readonly unknown[], T>(make: (...given: A) => T): (...given: A) => T {
  let last: { given: A; made: T } | undefined;
  return (...given) => (last && last.given.every((one, index) => one === given[index]) ? last : (last = { given, made: make(...given) })).made;
}
