import { cr, isTokenOctet, isValueOctet, lf } from './octets.ts';

export const headLimits = { bytes: 64 * 1024, fields: 128 } as const;

/** The bytes are not a message we are willing to understand. `message` is a sentence for the sender, `status` what to answer a client. */
export class HeadError extends Error {
  override readonly name = 'HeadError';
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** What the reader does with a field: notes its value and takes it out, notes it and leaves it, or takes it out. */
export type FieldRule = 'take' | 'note' | 'drop' | 'refuse';

/** Field names (lower case) with a meaning for one hop, and prefixes that are never ours to pass on. */
export interface FieldRules {
  names: ReadonlyMap<string, FieldRule>;
  droppedPrefixes: readonly string[];
}

export interface Fields {
  /** The end-to-end lines, each with its CRLF, in their order: what is forwarded. */
  lines: string;
  /** Values of noted and taken fields by lower-case name, one entry per line. */
  noted: [name: string, value: string][];
  /** Index after the empty line. */
  end: number;
}

const colon = 58;

/**
 * Reads field lines up to the empty line that must end `text`. One strict pass: no obs-fold, no space before the colon, no bare CR or LF, no control characters.
 * Throws `HeadError`.
 */
export function readFields(text: string, start: number, rules: FieldRules): Fields {
  const noted: Fields['noted'] = [];
  let lines = '';
  let position = start;
  let keptFrom = start;
  let count = 0;
  while (text.charCodeAt(position) !== cr) {
    const nameStart = position;
    while (isTokenOctet[text.charCodeAt(position)] === 1) position++;
    const nameEnd = position;
    if (nameEnd === nameStart || text.charCodeAt(position) !== colon) throw new HeadError(describeBadName(text, nameStart, nameEnd));
    position++;
    while (isValueOctet[text.charCodeAt(position)] === 1) position++;
    const valueEnd = position;
    if (text.charCodeAt(position) !== cr || text.charCodeAt(position + 1) !== lf) throw new HeadError('a field value has a control character, a bare CR or a bare LF');
    position += 2;
    if (++count > headLimits.fields) throw new HeadError(`the head has more than ${headLimits.fields} fields`, 431);
    const rule = findRule(text, nameStart, nameEnd, rules);
    if (rule === undefined) continue;
    const name = text.slice(nameStart, nameEnd).toLowerCase();
    if (rule === 'refuse') throw new HeadError(`the field ${name} is not accepted`);
    if (rule !== 'drop') noted.push([name, trimBlanks(text, nameEnd + 1, valueEnd)]);
    if (rule === 'note') continue;
    lines += text.slice(keptFrom, nameStart);
    keptFrom = position;
  }
  if (text.charCodeAt(position + 1) !== lf || position + 2 !== text.length) throw new HeadError('the head has a bare CR');
  return { lines: lines + text.slice(keptFrom, position), noted, end: position + 2 };
}

/** Takes the lines that a Connection field nominates out of `lines`. */
export function withoutFields(lines: string, names: ReadonlySet<string>): string {
  return lines.split('\r\n').filter((line) => !names.has(line.slice(0, line.indexOf(':')).toLowerCase())).join('\r\n');
}

/** The one Content-Length, or -1. Throws on anything but one plain number. */
export function readContentLength(values: readonly string[]): number {
  if (values.length === 0) return -1;
  if (values.length > 1) throw new HeadError('the head has more than one Content-Length');
  if (!/^\d{1,15}$/.test(values[0]!)) throw new HeadError('the Content-Length is not a plain number');
  return Number(values[0]);
}

/** Is the body chunked? Throws on any other transfer coding. */
export function readTransferEncoding(values: readonly string[]): boolean {
  if (values.length === 0) return false;
  if (values.length > 1 || values[0]!.toLowerCase() !== 'chunked') throw new HeadError('the only transfer coding understood here is chunked, once');
  return true;
}

/** Lower-case options of the Connection fields. */
export function readConnectionOptions(values: readonly string[]): Set<string> {
  const options = new Set<string>();
  for (const value of values) for (const option of value.split(',')) if (option.trim() !== '') options.add(option.trim().toLowerCase());
  return options;
}

/** Initials of names that have a rule, so that most fields are passed over without making a string. */
const ruledInitials = Uint8Array.from({ length: 256 }, (_, code) => ('acefhkptux'.includes(String.fromCharCode(code | 32)) ? 1 : 0));

function findRule(text: string, start: number, end: number, rules: FieldRules): FieldRule | undefined {
  if (ruledInitials[text.charCodeAt(start)] === 0) return undefined;
  const written = text.slice(start, end).toLowerCase();
  const rule = rules.names.get(written);
  if (rule !== undefined) return rule;
  // Some frameworks read `_` as `-`: a look-alike must not get past the rule of the real name.
  const name = written.includes('_') ? written.replaceAll('_', '-') : written;
  for (const prefix of rules.droppedPrefixes) if (name.startsWith(prefix)) return 'drop';
  if (name === written) return undefined;
  const real = rules.names.get(name);
  return real === 'drop' ? 'drop' : real && 'refuse';
}

function describeBadName(text: string, start: number, end: number): string {
  const octet = text.charCodeAt(end);
  if (octet === 32 || octet === 9) return end === start ? 'folded field lines are not accepted' : 'a field name is followed by a blank';
  return 'a field line has no valid name';
}

function trimBlanks(text: string, start: number, end: number): string {
  // Not String.trim: it takes NBSP (a legal octet here) for a blank, which the next reader may not.
  while (start < end && (text.charCodeAt(start) === 32 || text.charCodeAt(start) === 9)) start++;
  while (end > start && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end--;
  return text.slice(start, end);
}
