import { setTimeout as pause } from 'node:timers/promises';
import type { AgentClient } from '../../agent/client.ts';
import { isThere } from './ask.ts';

/** Half a minute in all: longer than any honest pause of the agent, even on a busy machine. */
const [beatMs, missedLimit] = [5_000, 3];

/** True once the agent has let several questions in a row go unanswered: nobody would start, wake or roll back an app any more. */
export async function untilStuck(agent: AgentClient, signal: AbortSignal): Promise<boolean> {
  for (let missed = 0; missed < missedLimit && !signal.aborted;) {
    await pause(beatMs, undefined, { signal }).catch(() => undefined);
    missed = (await isThere(agent, beatMs)) ? 0 : missed + 1;
  }
  return !signal.aborted;
}
