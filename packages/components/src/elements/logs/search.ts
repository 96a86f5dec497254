import type { LogEntry, LogLine } from '@fapi/sdk/contract';
import type { Strings } from '../../strings.ts';
import { plainText } from './plain-text.ts';

/** A text to look for in lines, whatever the case of its letters. */
export interface LogSearch {
  readonly query: string;
  has(line: LogLine): boolean;
  /** Text between the finds, and the finds: every second piece is one. */
  split(text: string): string[];
}

/** Looks in what is drawn with these words. Remembers of each line whether it was found: lines come all the time, and most were looked at before. Undefined for nothing to look for. */
export function createSearch(query: string, strings: Strings): LogSearch | undefined {
  if (query === '') return undefined;
  const escaped = query.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  // Half of a character cannot be looked for as letters are.
  const flags = query.isWellFormed() ? 'iu' : 'i';
  const [once, pieces] = [new RegExp(escaped, flags), new RegExp(`(${escaped})`, flags)];
  const known = new WeakMap<LogLine, boolean>();
  return {
    query,
    has(line) {
      const remembered = known.get(line);
      if (remembered !== undefined) return remembered;
      const found = once.test(plainText(line, strings));
      known.set(line, found);
      return found;
    },
    split: (text) => text.split(pieces),
  };
}

export interface Find { readonly entry: LogEntry; readonly line: LogLine }

/** Every line that has it, in the order of the list. */
export const findLines = (entries: readonly LogEntry[], search: LogSearch | undefined): Find[] =>
  (search ? entries.flatMap((entry) => entry.lines.filter((line) => search.has(line)).map((line) => ({ entry, line }))) : []);
