import { parseArgs } from 'node:util';
import type { Command, Option } from './command.ts';
import { usageError } from './failure.ts';

/** Options of every command. */
export const commonOptions: Readonly<Record<string, Option>> = {
  folder: { short: 'C', value: 'path', summary: 'the project folder; the present one when absent' },
  app: { value: 'id', summary: 'the app, instead of the one in fapi.json' },
  server: { value: 'url', summary: 'the server, instead of FAPI_URL and fapi.json' },
  workspace: { value: 'id', summary: 'the workspace that an operator key acts in' },
  json: { summary: 'JSON on stdout: one document, or one a line' },
  'no-color': { summary: 'no colours, as with NO_COLOR' },
  help: { short: 'h', summary: 'how the command is used' },
};

export interface Parsed { readonly values: Readonly<Record<string, string | boolean | undefined>>; readonly words: readonly string[] }

/** What was typed after the command; throws a usage error that says what is wrong with it. */
export function parseArguments(args: readonly string[], command: Pick<Command, 'name' | 'options' | 'words' | 'usage'>): Parsed {
  const options = Object.fromEntries(Object.entries({ ...commonOptions, ...command.options }).map(([name, { short, value }]) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short === undefined ? {} : { short }) }]));
  const hint = `fapi help${command.name === '' ? '' : ` ${command.name}`}`;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const [least, most] = command.words;
    if (values['help'] !== true && positionals.length < least) throw usageError(`fapi ${command.name} needs ${command.usage}`, hint);
    if (values['help'] !== true && positionals.length > most) throw usageError(`fapi ${command.name} takes no "${positionals[most]}"`, hint);
    for (const [name, value] of Object.entries(values)) if (value === '') throw usageError(`--${name} needs a value`, hint);
    return { values: values as Parsed['values'], words: positionals };
  } catch (error) {
    if (!((error as NodeJS.ErrnoException).code ?? '').startsWith('ERR_PARSE_ARGS')) throw error;
    // Node's words, up to the place where it explains its own rules.
    throw usageError((error as Error).message.split(/\. To specify|\. Did you/)[0]!.replace(/^[A-Z]/, (letter) => letter.toLowerCase()), hint);
  }
}

/** Places of the words that are neither options nor the value of the option before them, whichever command has it. */
export function findWords(args: readonly string[], commands: readonly Pick<Command, 'options'>[]): number[] {
  const options = [commonOptions, ...commands.map((command) => command.options)].flatMap((some) => Object.entries(some));
  const withValue = new Set(options.flatMap(([name, { short, value }]) => (value === undefined ? [] : [`--${name}`, ...(short === undefined ? [] : [`-${short}`])])));
  return [...args.keys()].filter((place) => !args[place]!.startsWith('-') && !withValue.has(args[place - 1] ?? ''));
}

/** The known word that was meant, if one is near enough. */
export function findNear(word: string, known: readonly string[]): string | undefined {
  const [best] = known.map((name) => ({ name, distance: distanceOf(word, name) })).toSorted((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

/** Letters that must be put, taken or changed (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
