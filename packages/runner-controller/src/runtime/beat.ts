import { setTimeout as pause } from 'node:timers/promises';

/** Half a minute in all: longer than any honest pause of a program, even on a busy machine. */
const [beatMs, missedLimit] = [5_000, 3];

/** True once a program has let several questions in a row go unanswered: nobody else would notice, and nobody would be served any more. `isThere` answers within the time that it is given. */
export async function untilStuck(isThere: (withinMs: number) => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  for (let missed = 0; missed < missedLimit && !signal.aborted;) {
    await pause(beatMs, undefined, { signal }).catch(() => undefined);
    missed = (await isThere(beatMs)) ? 0 : missed + 1;
  }
  return !signal.aborted;
}
