import type { LogLine } from '../contract/logs.ts';
import type { AppSnapshot } from './types.ts';

/** Of an app's output, in a page: as many lines, and as many letters in them. */
export const keptOutput = { lines: 20_000, letters: 16_000_000 } as const;

/** The output with these lines in it, each once and in order; what is too much goes, the oldest first, and is counted. Undefined when nothing of them is new. */
export function keepLines({ logs, forgottenLines }: Pick<AppSnapshot, 'logs' | 'forgottenLines'>, given: readonly LogLine[]): Pick<AppSnapshot, 'logs' | 'forgottenLines'> | undefined {
  const last = logs.at(-1)?.seq ?? -1;
  // What comes late and is older than what had to go would have to go as well.
  const added = forgottenLines > 0 ? given.filter(({ seq }) => seq > logs[0]!.seq) : given;
  const isNext = added.every(({ seq }, index) => seq > (index === 0 ? last : added[index - 1]!.seq));
  const all = isNext ? [...logs, ...added] : [...new Map([...added, ...logs].map((line) => [line.seq, line])).values()].toSorted((a, b) => a.seq - b.seq);
  if (all.length === logs.length) return undefined;
  let letters = 0;
  const tooMuch = all.findLastIndex(({ text }, index) => all.length - index > keptOutput.lines || (letters += text.length) > keptOutput.letters) + 1;
  // The newest is kept however long it is.
  const cut = Math.min(tooMuch, all.length - 1);
  return { logs: cut > 0 ? all.slice(cut) : all, forgottenLines: forgottenLines + cut };
}
