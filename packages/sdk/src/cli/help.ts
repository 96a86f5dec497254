import { commonOptions } from './arguments.ts';
import type { Command, Option } from './command.ts';
import { layTable } from './terminal/output.ts';

/** All commands, a line each. */
export function makeOverview(commands: readonly Command[]): string[] {
  return [
    'usage: fapi <command> [options]', '',
    ...layTable(commands.map(({ name, summary }) => [`  ${name}`, summary]), 80), '  help [command]', '',
    'Talks to FAPI_URL with FAPI_API_KEY, or to a demo that runs on this machine.',
    'Exit codes: 0 done, 1 failed, 2 usage, 3 not allowed, 4 not found, 5 conflict,',
    '6 cannot be reached, 130 interrupted.',
  ];
}

/** One command with its options. */
export function makeHelp({ name, summary, usage, options, notes = [] }: Command): string[] {
  const lay = (some: Readonly<Record<string, Option>>): string[] => layTable(Object.entries(some).map(([long, { short, value, summary: text }]) => [`  ${short === undefined ? '   ' : `-${short},`} --${long}${value === undefined ? '' : ` <${value}>`}`, text]), Infinity);
  return [
    `usage: fapi ${name}${usage === '' ? '' : ` ${usage}`} [options]`, '', `${summary[0]!.toUpperCase()}${summary.slice(1)}.`, ...(notes.length > 0 ? ['', ...notes] : []), '',
    ...lay({ ...options, ...commonOptions }),
  ];
}
