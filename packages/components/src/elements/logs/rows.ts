import { isAtLeast, readEntries } from '@fapi/sdk/contract';
import type { LogEntry, LogLevel, LogLine } from '@fapi/sdk/contract';
import type { Period } from '../../events.ts';
import { foldFrames } from '../../tracebacks.ts';

/** One row of the list: a line, the head of a traceback, or that of the frames of the import system in one. */
export interface Row {
  /** Of the row and no other, however the list changes. */
  readonly key: string;
  readonly kind: 'line' | 'traceback' | 'noise';
  /** The first of `lines`. */
  readonly line: LogLine;
  /** Those that it stands for, and is copied as. */
  readonly lines: readonly LogLine[];
  readonly entry: LogEntry;
  readonly depth: 1 | 2 | 3;
}

export interface LogFilter { readonly level: LogLevel | undefined; readonly generation: number | undefined }

const keyOfTraceback = (entry: LogEntry): string => `traceback-${entry.lines[0]!.seq}`;

/** Entries that pass, oldest first. */
export function filterEntries(lines: readonly LogLine[], { level, generation }: LogFilter): LogEntry[] {
  const entries = readEntries(generation === undefined ? lines : lines.filter((line) => line.generation === generation));
  return level === undefined ? entries : entries.filter((entry) => isAtLeast(entry.level, level));
}

/** What uvicorn says before each traceback of a request, and nothing else. */
const announces = /^ERROR:\s+Exception in ASGI application\s*$/;
/** How far behind its traceback the line stands in which we say why a deploy failed. */
const nearby = 4;

/** One entry for each failure: the line before a traceback that only announces it, and the one in which we say the same again, belong to it. */
export function gatherFailures(entries: readonly LogEntry[]): LogEntry[] {
  const gathered: LogEntry[] = [];
  for (const entry of entries) {
    const [line] = entry.lines as [LogLine];
    const before = gathered.at(-1);
    const own = line.stream !== 'system' ? -1 : gathered.findLastIndex(({ error, lines }, index) => index >= gathered.length - nearby && error !== undefined && lines[0]!.generation === line.generation && line.text.endsWith(`: ${error}`));
    if (own !== -1) gathered[own] = { ...gathered[own]!, lines: [...gathered[own]!.lines, line] };
    else if (entry.isTraceback && before && !before.isTraceback && before.lines[0]!.generation === line.generation && announces.test(before.lines[0]!.text)) gathered[gathered.length - 1] = { ...entry, lines: [...before.lines, ...entry.lines] };
    else gathered.push(entry);
  }
  return gathered;
}

/** What is drawn of them: of a traceback its head, and its lines where `open` has its key. */
export function toRows(entries: readonly LogEntry[], open: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const add = (kind: Row['kind'], entry: LogEntry, lines: readonly LogLine[], depth: Row['depth']): Row => {
    const row: Row = { key: `${kind}-${lines[0]!.seq}`, kind, line: lines[0]!, lines, entry, depth };
    rows.push(row);
    return row;
  };
  for (const entry of entries) {
    if (!entry.isTraceback) add('line', entry, entry.lines, 1);
    else if (open.has(add('traceback', entry, entry.lines, 1).key)) {
      for (const { isFolded, lines } of foldFrames(entry.lines, ({ text }) => text)) {
        if (!isFolded || open.has(add('noise', entry, lines, 2).key)) for (const line of lines) add('line', entry, [line], isFolded ? 3 : 2);
      }
    }
  }
  return rows;
}

/** What has to be open for a line to have a row of its own. */
export function keysToOpen(entry: LogEntry, line: LogLine): string[] {
  if (!entry.isTraceback) return [];
  const folded = foldFrames(entry.lines, ({ text }) => text).find(({ isFolded, lines }) => isFolded && lines.includes(line));
  return [keyOfTraceback(entry), ...(folded ? [`noise-${folded.lines[0]!.seq}`] : [])];
}

/** The server's clock and the runner's need not agree to the millisecond, and a traceback is printed after its answer. */
const [beforeMs, afterMs] = [100, 1_000];

/** The first error that was printed in a period, or right after it: a traceback before any line of another kind. */
export function findDuring(rows: readonly Row[], { from, to }: Period): Row | undefined {
  const [first, last] = [Date.parse(from) - beforeMs, Date.parse(to) + afterMs];
  const within = rows.filter(({ depth, line }) => depth === 1 && Date.parse(line.at) >= first && Date.parse(line.at) <= last);
  return within.find(({ kind }) => kind === 'traceback') ?? within[0];
}
