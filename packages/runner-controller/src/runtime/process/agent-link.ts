import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { type AgentClient, connectAgent } from '../../agent/client.ts';
import type { Hello, Method } from '../../agent/messages.ts';
import { toReason } from '../../program/to-reason.ts';
import { type AskAgent, isThere, toRuntimeError } from '../agent/ask.ts';
import { becomeLanguageLink, type OpenAgentLanguage } from '../agent/language.ts';
import { untilStuck } from '../beat.ts';
import { OvertakenError, RuntimeUnavailableError } from '../runtime.ts';
import { type AgentProcessOptions, connectOrStartAgent } from './agent-process.ts';
import { endProcess } from './detached.ts';

export interface AgentLink {
  readonly ask: AskAgent;
  readonly openLanguage: OpenAgentLanguage;
  /** What the agent said of itself; of the last one while there is none. */
  hello(): Hello;
  /** Throws `OvertakenError` once a newer controller has been heard of. */
  assertInCharge(): void;
  /** Undefined while it works, else a sentence. */
  problem(): string | undefined;
  /** Lets go of the agent, which goes on. */
  close(): Promise<void>;
  /** Ends the agent and its children. */
  shutdown(): Promise<void>;
}

const [firstPauseMs, longestPauseMs] = [250, 5_000];
/** One that was there for so long has not died of its own start: guests wait for the next one. */
const provenMs = 2_000;
const overtaken = 'a newer controller has taken over this data directory';

/** Adopts or starts the agent and keeps it: one that died is started again and starts its apps from the folder. `follow` is called for each connection. */
export async function openAgentLink(options: AgentProcessOptions, follow: (client: AgentClient) => Promise<void>): Promise<AgentLink> {
  const { logger } = options;
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }));
  let agent: AgentClient | undefined = await connectOrStartAgent(options);
  let { hello } = agent;
  let trouble: string | undefined;
  let isOvertaken = false;

  const keep = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!stop.signal.aborted && !isOvertaken) {
      try {
        const present = (agent ??= await connectOrStartAgent(options));
        const { closed } = present;
        hello = present.hello;
        pauseMs = firstPauseMs;
        const metAt = performance.now();
        // Nobody may listen yet, so following may wait; the end of the connection is seen all the same.
        const following = follow(present).then(() => {
          trouble = undefined;
          return closed;
        });
        const watch = new AbortController();
        const isStuck = await Promise.race([following, closed, stopped, untilStuck((withinMs) => isThere(present, withinMs), watch.signal)]).finally(() => watch.abort());
        if (stop.signal.aborted) return;
        if (performance.now() - metAt >= provenMs) pauseMs = 0;
        trouble = isStuck ? 'the agent does not answer any more and is replaced' : 'the agent closed the connection';
        // Its successor starts every app again that was active, from the folder.
        if (isStuck && !(await options.isOvertaken())) process.kill(present.hello.pid, 'SIGKILL');
      } catch (error) {
        if (error instanceof OvertakenError) isOvertaken = true;
        trouble = isOvertaken ? overtaken : `the agent cannot be reached: ${toReason(error)}`;
      }
      logger.error({ reason: trouble }, 'the agent is away');
      agent?.close();
      agent = undefined;
      if (!stop.signal.aborted) await pause(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
      pauseMs = pauseMs === 0 ? firstPauseMs : Math.min(longestPauseMs, 2 * pauseMs);
    }
  };
  const kept = keep();
  const assertInCharge = (): void => {
    if (isOvertaken) throw new OvertakenError(overtaken);
  };

  /** With the agent that is there now; its errors come in the words of the runtime port. */
  const withAgent = async <T>(method: Method, act: (agent: AgentClient) => Promise<T>): Promise<T> => {
    assertInCharge();
    if (!agent) throw new RuntimeUnavailableError(trouble ?? 'the agent is being started');
    try {
      return await act(agent);
    } catch (error) {
      const told = toRuntimeError(error, method, overtaken);
      if (told instanceof OvertakenError) {
        isOvertaken = true;
        trouble = overtaken;
      }
      throw told;
    }
  };

  return {
    assertInCharge,
    ask: (method, params, extra = {}) => withAgent(method, (agent) => agent.request(method, params, extra)),
    openLanguage: (params) => withAgent('language', async ({ closed }) => becomeLanguageLink(await connectAgent(join(options.stateDir, 'agent.sock'), { role: 'controller', epoch: options.epoch }), params, closed)),
    hello: () => hello,
    problem: () => trouble,
    async close() {
      stop.abort();
      await kept;
      agent?.close();
    },
    async shutdown() {
      stop.abort();
      await kept;
      if (!agent || isOvertaken || (await options.isOvertaken())) return agent?.close();
      // An agent that does not answer any more is ended all the same.
      await agent.request('shutdown', {}, { timeoutMs: 2_000 }).catch(() => undefined);
      agent.close();
      await endProcess(agent.hello.pid, 5_000);
    },
  };
}
