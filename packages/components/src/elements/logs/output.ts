import type { LogEntry, LogLevel, LogLine } from '@fapi/sdk/contract';
import { filterEntries, toRows } from './rows.ts';
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
  const all = remembering((lines: readonly LogLine[], older: readonly LogLine[]) => (older.length === 0 ? lines : [...new Map([...older, ...lines].map((line) => [line.seq, line])).values()].toSorted((a, b) => a.seq - b.seq)));
  const entriesOf = remembering((lines: readonly LogLine[], level: LogLevel | undefined, generation: number | undefined) => filterEntries(lines, { level, generation }));
  const rowsOf = remembering(toRows);
  const searchOf = remembering(createSearch);
  const findsOf = remembering(findLines);
  return ({ lines, older, level, generation, query, open }) => {
    const entries = entriesOf(all(lines, older), level, generation);
    const search = searchOf(query);
    return { entries, rows: rowsOf(entries, open), search, finds: findsOf(entries, search) };
  };
}

function remembering<A extends readonly unknown[], T>(make: (...given: A) => T): (...given: A) => T {
  let last: { given: A; made: T } | undefined;
  return (...given) => (last && last.given.every((one, index) => one === given[index]) ? last : (last = { given, made: make(...given) })).made;
}
