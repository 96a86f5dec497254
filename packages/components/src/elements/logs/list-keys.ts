import { shortcutKey } from '../../controllers/shortcut-key.ts';
import type { Row } from './rows.ts';

export interface ListKeys {
  readonly rows: readonly Row[];
  /** -1 while none is chosen. */
  readonly current: number;
  readonly open: ReadonlySet<string>;
  readonly pageRows: number;
  readonly onMove: (index: number, isExtending: boolean) => void;
  readonly onAll: () => void;
  readonly onToggle: (key: string) => void;
  /** What Enter does: the place that a line leads to, or the fold. */
  readonly onEnter: (row: Row) => void;
  readonly onSearch: () => void;
  /** False when there was nothing to leave. */
  readonly onLeave: () => boolean;
}

/** The keys of a list after the ARIA treegrid pattern, and two for its search. True when the key was one of them. */
export function onListKey(event: KeyboardEvent, { rows, current, open, pageRows, onMove, onAll, onToggle, onEnter, onSearch, onLeave }: ListKeys): boolean {
  const { key } = event;
  const isCommand = event.ctrlKey || event.metaKey;
  if (event.altKey) return false;
  if (isCommand && shortcutKey(event) === 'f' || !isCommand && key === '/') return done(onSearch());
  if (isCommand && shortcutKey(event) === 'a') return done(onAll());
  if (isCommand) return false;
  if (key === 'Escape') return onLeave();
  const row = rows[current];
  const last = rows.length - 1;
  const to = { ArrowDown: current + 1, ArrowUp: current === -1 ? last : current - 1, PageDown: current + pageRows, PageUp: current - pageRows, Home: 0, End: last }[key];
  if (to !== undefined) return done(onMove(Math.max(0, Math.min(last, to)), event.shiftKey));
  if (!row) return false;
  const isOpen = open.has(row.key);
  if (key === 'Enter') return done(onEnter(row));
  if (key === 'ArrowRight' && row.kind !== 'line') return done(isOpen ? onMove(Math.min(last, current + 1), false) : onToggle(row.key));
  if (key !== 'ArrowLeft') return false;
  if (isOpen) return done(onToggle(row.key));
  const parent = rows.findLastIndex(({ depth }, index) => index < current && depth < row.depth);
  return row.depth > 1 && done(onMove(parent, false));
}

/** What was done is over: the key was ours. */
const done = (...acts: void[]): boolean => acts.length > 0;
