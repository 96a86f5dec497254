import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { AgentClient } from '../../packages/runner-controller/src/agent/client.ts';
import { AppState } from '../../packages/runner-controller/src/agent/messages.ts';

export interface Watch {
  /** The next event that is accepted, and when it came; rejects after `timeoutMs`. */
  next(accept: (event: AppState) => boolean, timeoutMs?: number): Promise<{ event: AppState; at: number }>;
  /** Resolves when the agent says of this app that its former child is parked. */
  parked(appId: string): Promise<void>;
}

/** Hears of every change of every app from now on. */
export async function watchApps(agent: AgentClient): Promise<Watch> {
  const waiting = new Set<(event: AppState) => void>();
  agent.onEvent((topic, data) => {
    if (topic !== 'app') return;
    const event = z.parse(AppState, data);
    for (const hear of waiting) hear(event);
  });
  await agent.request('watch');
  const next: Watch['next'] = async (accept, timeoutMs = 30_000) => {
    const heard = Promise.withResolvers<{ event: AppState; at: number }>();
    const hear = (event: AppState): void => {
      if (accept(event)) heard.resolve({ event, at: performance.now() });
    };
    waiting.add(hear);
    const given = new AbortController();
    try {
      return await Promise.race([heard.promise, pause(timeoutMs, undefined, { signal: given.signal }).then(() => {
        throw new Error(`the agent did not say it within ${timeoutMs} ms`);
      })]);
    } finally {
      waiting.delete(hear);
      given.abort();
    }
  };
  return {
    next,
    async parked(appId) {
      await next((event) => event.appId === appId && event.parked !== undefined);
    },
  };
}
