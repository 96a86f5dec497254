import { environmentLimits, isReservedName, looksSecret, variableName } from '../contract/variable-names.ts';

export interface DotenvVariable { name: string; value: string; /** By its name or value, as `looksSecret` guesses. */ secret: boolean; /** Where its name stands, from 1. */ line: number }
/** What is wrong, and where: line and column from 1, in UTF-16 units as editors count. No message holds a value. */
export interface DotenvIssue { line: number; column: number; message: string }
export interface Dotenv { variables: DotenvVariable[]; issues: DotenvIssue[] }

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/**
 * Reads what people paste from a `.env` file, as python-dotenv does: `export`, comments, single quotes (as they are), double quotes (with \n, \t and the like), values over several lines.
 * In a value without quotes a comment begins at a `#` after a space. References such as `${HOME}` stay as they are. What is wrong is named with its place, and everything else is read all the same; of a name that stands twice the last one counts.
 * @example
 * const { variables, issues } = parseDotenv(pasted);
 * for (const { line, message } of issues) console.log(`line ${line}: ${message}`);
 */
export function parseDotenv(text: string): Dotenv {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const variables = new Map<string, DotenvVariable>();
  const issues: DotenvIssue[] = [];
  for (let at = 0, line = 1; at < source.length; ) {
    const end = endOfLine(source, at);
    const row = source.slice(at, end);
    const complain = (column: number, message: string): void => void issues.push({ line, column: column + 1, message });
    const found = /^\s*(?:#|$)/.test(row) ? undefined : readAssignment(source, at, row, complain);
    if (found) {
      const { name, value, column } = found;
      const problem = findProblem(name, value);
      if (problem !== undefined) complain(column, problem);
      else {
        const former = variables.get(name);
        if (former) complain(column, `${name} is there already, in line ${former.line}`);
        variables.delete(name);
        variables.set(name, { name, value, secret: looksSecret(name, value), line });
      }
    }
    const next = found?.next ?? end;
    line += source.slice(at, next).split('\n').length;
    at = next + 1;
  }
  return { variables: [...variables.values()], issues };
}

interface Assignment { name: string; value: string; /** Of the name, from 0. */ column: number; /** Where the last line of the value ends. */ next: number }
type Complain = (column: number, message: string) => void;

function readAssignment(source: string, at: number, row: string, complain: Complain): Assignment | undefined {
  const column = /^\s*(?:export\s+)?/.exec(row)![0].length;
  const equals = row.indexOf('=', column);
  if (equals === -1) return void complain(column, 'there is no = in this line');
  const given = row.slice(column, equals).trimEnd();
  const name = /^(['"])(.*)\1$/.exec(given)?.[2] ?? given;
  if (!variableName.test(name)) return void complain(column, name === '' ? 'there is no name before the =' : 'a name is made of letters, digits and _, and does not begin with a digit');
  const from = at + equals + 1;
  const start = from + /^[^\S\n]*/.exec(source.slice(from))![0].length;
  const quote = source[start];
  if (quote !== "'" && quote !== '"') {
    const next = endOfLine(source, start);
    return { name, value: source.slice(start, next).replace(/(?:^|\s)#.*$/, '').trimEnd(), column, next };
  }
  const close = findClose(source, start, quote);
  if (close === undefined) return void complain(start - at, 'this quotation mark has no second one');
  const next = endOfLine(source, close);
  if (!/^\s*(?:#.*)?$/.test(source.slice(close + 1, next))) return void complain(start - at, 'there is more behind the second quotation mark of the value');
  return { name, value: unescape(source.slice(start + 1, close), quote), column, next };
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
}

function findClose(source: string, start: number, quote: string): number | undefined {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === quote) return at;
  }
  return undefined;
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', b: '\b', a: '\x07' };

function unescape(text: string, quote: string): string {
  if (quote === "'") return text.replace(/\\([\\'])/g, '$1');
  return text.replace(/\\([\\'"nrtfvba])/g, (_, letter: string) => escapes[letter] ?? letter);
}

function findProblem(name: string, value: string): string | undefined {
  if (name.length > environmentLimits.nameBytes) return `a name has at most ${environmentLimits.nameBytes} bytes`;
  if (name === '__proto__' || isReservedName(name)) return `${name} is set by the runner: choose another name`;
  if (value.includes('\0') || !value.isWellFormed()) return `${name}: the value holds a NUL character or half of one`;
  const used = bytesOf(value);
  return used > environmentLimits.valueBytes ? `${name}: the value has ${used} bytes of UTF-8, and ${environmentLimits.valueBytes} are allowed` : undefined;
}
