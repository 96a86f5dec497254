import type { Command } from '../command.ts';
import type { LogLine } from '../../contract/logs.ts';
import { usageError } from '../failure.ts';
import { createLogPrinter } from '../terminal/log-lines.ts';
import { followLines, gapLines } from '../steps/follow-logs.ts';

const streams = ['stdout', 'stderr', 'system'];
const usualLines = 100;
const mostLines = gapLines;
const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const logs: Command = {
  name: 'logs', summary: 'print what the app has printed', usage: '', words: [0, 0],
  options: {
    follow: { short: 'f', summary: 'go on with what it prints from now on, until Ctrl-C' },
    lines: { short: 'n', value: 'number', summary: `so many of the newest (${usualLines}; ${mostLines} with --since)` },
    since: { value: 'time', summary: 'only from then on: 30s, 10m, 2h, 1d or an ISO time' },
    stream: { value: 'name', summary: 'only of stdout, stderr or system' },
  },
  notes: ['With --json one document a line: {"type":"log", …}.'],
  async run(context) {
    const { output, text, isSet, world: { signal } } = context;
    const sinceMs = readSince(text('since'));
    const stream = text('stream');
    if (stream !== undefined && !streams.includes(stream)) throw usageError(`--stream is one of ${streams.join(', ')}`);
    const limit = readLines(text('lines'), sinceMs === undefined ? usualLines : mostLines);
    const { client } = await context.connect();
    const appId = await context.appId();
    // A stream waits for a server that is away; the first call says that it is.
    if (isSet('follow')) await client.apps.read(appId, { signal });
    const print = createLogPrinter(output);
    let printed = 0;
    const isWanted = (line: LogLine): boolean => (sinceMs === undefined || Date.parse(line.at) >= sinceMs) && (stream === undefined || line.stream === stream);
    const isPart = sinceMs !== undefined || stream !== undefined;
    // Of a part as many are asked for as are wanted of it: all are read, and the others left out first.
    const read = async (): Promise<LogLine[]> => (await client.logs.read(appId, { limit: isPart ? mostLines : limit }, { signal })).lines.filter(isWanted).slice(-limit);
    const lines = isSet('follow') ? followLines(client, appId, { tail: limit, signal, ...(isPart ? { isWanted } : {}), onConnection: (state) => void (state === 'live' || output.note(`… ${state}`)) }) : await read();
    for await (const line of lines) {
      print(line);
      printed += 1;
    }
    if (printed === 0) output.note('no lines');
    return { ok: true, document: { app: appId, lines: printed } };
  },
};

function readSince(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const at = number === undefined ? Date.parse(text) : Date.now() - Number(number) * unitMs[unit!]!;
  if (Number.isNaN(at)) throw usageError(`--since is "${text}": use 30s, 10m, 2h, 1d or a time such as 2026-01-31T12:00:00Z`);
  return at;
}

function readLines(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (!(number >= 1 && number <= mostLines)) throw usageError(`--lines is "${text}": use a number from 1 to ${mostLines}`);
  return number;
}
