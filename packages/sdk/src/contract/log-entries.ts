import type { LogLine } from './logs.ts';

/** How grave a line is, the least first. Read from what the app prints: Python says it in words only. */
export const logLevels = ['info', 'warning', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Lines that belong together: one, or all those of a traceback with what it came from. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly lines: readonly LogLine[];
  /** What a traceback ends with: `ValueError: no such item`. Undefined for what is none, and until its last line is there. */
  readonly error: string | undefined;
  readonly isTraceback: boolean;
}

export const isAtLeast = (level: LogLevel, least: LogLevel): boolean => logLevels.indexOf(level) >= logLevels.indexOf(least);

/**
 * Groups lines, oldest first: tracebacks become one entry each, also where lines of another stream or generation stand between theirs.
 * Entries stand in the order of their first lines. Lines must not change: what was read from one is remembered.
 */
export function readEntries(lines: readonly LogLine[]): LogEntry[] {
  const entries: Building[] = [];
  const open = new Map<string, Traceback>();
  for (const line of lines) {
    const key = `${line.stream} ${line.generation}`;
    const facts = factsOf(line);
    const known = open.get(key);
    if (known && goOn(known, line, facts, entries)) continue;
    open.delete(key);
    if (facts.kind === 'head' || facts.kind === 'group') {
      const entry: Building = { level: 'error', lines: [line], error: undefined, isTraceback: true };
      entries.push(entry);
      open.set(key, { entry, state: facts.kind === 'head' ? 'frames' : 'group', blank: undefined });
    } else entries.push({ level: facts.level, lines: [line], error: undefined, isTraceback: false });
  }
  return entries;
}

interface Building { readonly level: LogLevel; readonly lines: LogLine[]; error: string | undefined; readonly isTraceback: boolean }
interface Traceback {
  readonly entry: Building;
  /** `chained`: between two errors of which one came from the other. */
  state: 'frames' | 'group' | 'ended' | 'chained';
  /** An empty line after the error, which belongs to it only if another one follows. */
  blank: Building | undefined;
}

/** Does the line belong to the traceback? Then it is in it. */
function goOn(traceback: Traceback, line: LogLine, { kind }: Facts, entries: Building[]): boolean {
  const { entry, state } = traceback;
  const take = (next: Traceback['state']): true => {
    entry.lines.push(line);
    traceback.state = next;
    return true;
  };
  if (state === 'frames') {
    if (kind === 'indented' || kind === 'branch') return take('frames');
    if (kind !== 'error') return false;
    entry.error = line.text;
    return take('ended');
  }
  if (state === 'group') {
    if (kind !== 'branch' && kind !== 'indented') return goOn(Object.assign(traceback, { state: 'ended' }), line, { kind, level: 'error' }, entries);
    entry.error ??= groupError.exec(line.text)?.[1];
    return take('group');
  }
  if (state === 'chained') {
    if (kind === 'head' || kind === 'group') return take(kind === 'head' ? 'frames' : 'group');
    return kind === 'empty' && take('chained');
  }
  if (traceback.blank && kind === 'chain') {
    entries.splice(entries.lastIndexOf(traceback.blank), 1);
    entry.lines.push(...traceback.blank.lines);
    traceback.blank = undefined;
    return take('chained');
  }
  if (traceback.blank || kind !== 'empty') return false;
  traceback.blank = { level: 'info', lines: [line], error: undefined, isTraceback: false };
  entries.push(traceback.blank);
  return true;
}

interface Facts { readonly kind: 'head' | 'group' | 'branch' | 'indented' | 'empty' | 'chain' | 'error' | 'other'; readonly level: LogLevel }

const groupError = /^\s*\| ([A-Za-z_][\w.]*(?:: .*)?)$/;
/** The beginning is enough to tell: lines may be very long. */
const readLetters = 300;
const patterns = [
  ['head', /^Traceback \(most recent call last\):/], ['group', /^\s*\+ Exception Group Traceback \(most recent call last\):/], ['branch', /^\s*[|+]/], ['empty', /^\s*$/], ['indented', /^\s/],
  ['chain', /^(?:The above exception was the direct cause|During handling of the above exception)/], ['error', /^[A-Za-z_][\w.]*(?::|$)/],
] as const;
const levelWord = /(?:^|[\s[|"'(-])(?:(CRITICAL|FATAL|ERROR)|(WARN(?:ING)?)|(?:INFO|DEBUG))(?=$|[\s\]|:",')-])/;
const levelField = /"(?:level|levelname|severity)"\s*:\s*"(?:(critical|fatal|error)|(warn(?:ing)?)|(?:info|debug))"/i;
const warning = /^\S+:\d+: \w*Warning: /;

const remembered = new WeakMap<LogLine, Facts>();

function factsOf(line: LogLine): Facts {
  const known = remembered.get(line);
  if (known) return known;
  const text = line.text.slice(0, readLetters);
  const facts: Facts = { kind: patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other', level: levelOf(text, line.stream) };
  remembered.set(line, facts);
  return facts;
}

/** By the word that loggers print; without one, what goes to stderr is meant to be seen. */
function levelOf(text: string, stream: LogLine['stream']): LogLevel {
  const found = levelField.exec(text) ?? levelWord.exec(text);
  if (found) return found[1] !== undefined ? 'error' : found[2] !== undefined ? 'warning' : 'info';
  return stream === 'stderr' && text.trim() !== '' || warning.test(text) ? 'warning' : 'info';
}
