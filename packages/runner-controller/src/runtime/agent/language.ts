import type { AgentClient } from '../../agent/client.ts';
import { createWake } from '../../work/wake.ts';
import type { LanguageEnd, LanguageLink } from '../runtime.ts';

/** Opens a session on an agent, for an app and a revision that the agent has. */
export type OpenAgentLanguage = (params: { appId: string; digest: string }) => Promise<LanguageLink>;

/** What waits to be read; whoever reads as slowly begins anew. */
const waitingLimitBytes = 16 * 1024 * 1024;
/** An agent lays a folder for it, which takes no time; a child may have to be waited for. */
const openMs = 20_000;

/** Makes a connection an editor's session; it is closed when that cannot be. The session ends with `lifeline` too: it is how an agent is noticed that does not answer any more. */
export async function becomeLanguageLink(client: AgentClient, params: { appId: string; digest: string }, lifeline: Promise<unknown>): Promise<LanguageLink> {
  const over = new AbortController();
  const { wake, sleep } = createWake(over.signal);
  const { promise: closed, resolve } = Promise.withResolvers<LanguageEnd>();
  let waiting: string[] = [];
  let waitingBytes = 0;
  const end = (why: LanguageEnd): void => {
    resolve(why);
    over.abort();
    client.close();
  };
  client.onSession({
    onMessage(text) {
      waitingBytes += text.length;
      if (waitingBytes > waitingLimitBytes) return end({ code: 'session_gap', message: 'more messages came than were read' });
      waiting.push(text);
      wake();
    },
    onOver: end,
  });
  const lost = (): void => end({ code: 'runner_unavailable', message: 'the agent is gone' });
  void client.closed.then(lost);
  void lifeline.then(lost);
  try {
    await client.request('language', params, { timeoutMs: openMs });
  } catch (error) {
    client.close();
    throw error;
  }
  return {
    closed,
    send: client.sendMessage,
    close: () => end({ message: 'closed by us' }),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const taken = waiting;
        waiting = [];
        waitingBytes = 0;
        yield* taken;
        if (waiting.length > 0) continue;
        if (over.signal.aborted) return;
        await sleep();
      }
    },
  };
}
