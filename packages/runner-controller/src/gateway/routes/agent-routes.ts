import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { type AgentClient, connectAgent } from '../../agent/client.ts';
import { RoutesEvent } from '../../agent/messages.ts';
import type { Log } from '../../program/log.ts';
import type { RouteSource } from './route-source.ts';

const firstDelayMs = 50;
/** Knocking at a socket that is not there costs nothing, and guests of every app wait for the answer. */
const longestDelayMs = 100;

/** The routes as the local agent tells them. Connects again and again while the agent is away; answers `routesApplied` for each table. */
export function createAgentRoutes({ socketPath, clock, random, log }: { socketPath: string; clock: () => number; random: () => number; log: Log }): RouteSource {
  let isConnected = false;
  let reachedAt = clock();

  return {
    reachedAt: () => (isConnected ? clock() : reachedAt),
    async follow(apply, signal) {
      let delayMs = firstDelayMs;
      while (!signal.aborted) {
        const agent = await connectAgent(socketPath, { role: 'gateway' }).catch((cause: Error) => cause);
        if (agent instanceof Error) {
          log.debug({ reason: agent.message }, 'the agent cannot be reached');
        } else {
          isConnected = true;
          await followOne(agent, apply, signal, log);
          isConnected = false;
          reachedAt = clock();
          delayMs = firstDelayMs;
        }
        // Half of it at random, so that the gateways of one agent do not come back in step.
        await delay(delayMs * (0.5 + random() / 2), undefined, { signal }).catch(() => undefined);
        delayMs = Math.min(longestDelayMs, delayMs * 2);
      }
    },
  };
}

/** Resolves when the connection is over, for whatever reason. */
async function followOne(agent: AgentClient, apply: Parameters<RouteSource['follow']>[0], signal: AbortSignal, log: Log): Promise<void> {
  const close = (): void => agent.close();
  const giveUp = (reason: string) => (cause?: Error): void => {
    if (!signal.aborted) log.warn({ reason: cause?.message ?? reason }, 'left the agent and will come back');
    agent.close();
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  agent.onEvent((topic, data) => {
    if (topic !== 'routes') return;
    const event = z.safeParse(RoutesEvent, data);
    if (!event.success) return giveUp('the routes break the protocol')();
    apply({ origin: agent.hello.agentId, version: event.data.version, routes: event.data.routes.map(({ socket, ...route }) => ({ ...route, addresses: [{ path: socket }] })) });
    agent.request('routesApplied', { version: event.data.version }).catch(giveUp('routesApplied was not answered'));
  });
  agent.request('watchRoutes').then(() => log.info({ agentId: agent.hello.agentId, pid: agent.hello.pid }, 'follows the routes of the agent'), giveUp('watchRoutes was not answered'));
  await agent.closed;
  signal.removeEventListener('abort', close);
}
