import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AgentClient, connectAgent } from '../../../agent/client.ts';
import type { Hello, Method } from '../../../agent/messages.ts';
import { type AgentActs, createAgentActs } from '../../agent/acts.ts';
import { type AskAgent, isThere, toRuntimeError } from '../../agent/ask.ts';
import { becomeLanguageLink, type OpenAgentLanguage } from '../../agent/language.ts';
import type { Supplies } from '../../agent/supplies.ts';
import { untilStuck } from '../../beat.ts';
import { OvertakenError, RuntimeUnavailableError } from '../../runtime.ts';
import type { Reign } from '../cluster/reign.ts';
import type { Credentials } from './credentials.ts';

/** The agent of one pod, as long as the pod is there. */
export interface PodLink {
  readonly pod: string;
  readonly uid: string;
  readonly host: string;
  readonly ask: AskAgent;
  readonly acts: AgentActs;
  /** What the agent said of itself; undefined while nobody answers. */
  hello(): Hello | undefined;
  close(): Promise<void>;
}

export interface PodLinkOptions {
  pod: string;
  uid: string;
  host: string;
  port: number;
  credentials: Credentials;
  reign: Reign;
  supplies: Supplies;
  /** Called for each connection. */
  follow(client: AgentClient): Promise<void>;
  /** An agent answers now, or no longer. */
  onChange(): void;
  logger: Logger;
}

const [firstPauseMs, longestPauseMs] = [50, 2_000];

/** Keeps a connection to the agent: one that breaks is made again, because a container that ended is started again with its folder. */
export function openPodLink({ pod, uid, host, port, credentials, reign, supplies, follow, onChange, logger }: PodLinkOptions): PodLink {
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }));
  let agent: AgentClient | undefined;
  let trouble = `the agent of pod ${pod} is being reached`;

  const overtaken = (): string => `the agent of pod ${pod} belongs to a newer controller than ${reign.epoch}`;
  const translate = (error: unknown, method: Parameters<typeof toRuntimeError>[1]): Error => {
    const told = toRuntimeError(error, method, overtaken());
    if (told instanceof OvertakenError) reign.end(told.message);
    return told;
  };
  const connect = async (): Promise<AgentClient> => connectAgent({ host, port, credentials: await credentials.show() }, { role: 'controller', epoch: reign.epoch });

  const keep = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!stop.signal.aborted) {
      try {
        reign.assert();
        const client = await connect();
        agent = client;
        pauseMs = firstPauseMs;
        onChange();
        const watch = new AbortController();
        const following = follow(client).then(() => client.closed);
        const isStuck = await Promise.race([following, client.closed, stopped, untilStuck((withinMs) => isThere(client, withinMs), watch.signal)]).finally(() => watch.abort());
        trouble = isStuck ? `the agent of pod ${pod} does not answer any more` : `the agent of pod ${pod} closed the connection`;
      } catch (error) {
        const told = translate(error, 'hello');
        trouble = `the agent of pod ${pod} cannot be reached: ${told.message}`;
        if (told instanceof OvertakenError) {
          logger.error({ pod, reason: told.message }, 'another controller has taken over');
          stop.abort();
        }
      }
      agent?.close();
      const wasThere = agent !== undefined;
      agent = undefined;
      if (wasThere) onChange();
      if (stop.signal.aborted) return;
      logger.debug({ pod, reason: trouble }, 'the agent of a pod is away');
      await pause(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
      pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
    }
  };
  const kept = keep();

  const withAgent = async <T>(method: Method, act: (agent: AgentClient) => Promise<T>): Promise<T> => {
    reign.assert();
    if (!agent) throw new RuntimeUnavailableError(trouble);
    try {
      return await act(agent);
    } catch (error) {
      throw translate(error, method);
    }
  };
  const ask: AskAgent = (method, params, extra = {}) => withAgent(method, (agent) => agent.request(method, params, extra));
  const openLanguage: OpenAgentLanguage = (params) => withAgent('language', async ({ closed }) => becomeLanguageLink(await connect(), params, closed));
  return {
    pod, uid, host, ask,
    acts: createAgentActs(ask, openLanguage, supplies, stop.signal),
    hello: () => agent?.hello,
    async close() {
      stop.abort();
      agent?.close();
      await kept;
    },
  };
}
