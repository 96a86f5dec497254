import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '../../domain/errors.ts';
import { askRuntime } from '../ask-runner.ts';
import type { Context } from '../context.ts';

/** From this level on an app reaches no file and no process of another one. */
const safeLevel = 2;
const pauseMs = 250;

/** Asks, unless the level is known. Throws `isolation_too_low` when whoever runs apps has found that it isolates them less, and `runner_unavailable` when nobody says so. */
export async function requireIsolation(context: Context, known?: number): Promise<void> {
  const level = known ?? (await askRuntime(context)).isolation.level;
  if (level < safeLevel) throw new DomainError('isolation_too_low', `apps are isolated at level ${level} and not at ${safeLevel}; FAPI_ALLOW_UNSAFE=1 allows it all the same`);
}

/** As `requireIsolation`, for a server that starts: server and controller may start in any order, so whoever runs apps is waited for. */
export async function awaitIsolation(context: Context, { known, waitMs }: { known: number | undefined; waitMs: number }): Promise<void> {
  for (const deadline = Date.now() + waitMs; ; ) {
    try {
      return await requireIsolation(context, known);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'runner_unavailable' || Date.now() >= deadline) throw error;
      await pause(pauseMs);
    }
  }
}

/** Why a server that others can reach does not start, and the two ways out. */
export function sayExposed(host: string, { code, detail }: DomainError): string {
  const why = code === 'isolation_too_low' ? 'apps are not isolated well enough here to be reached from elsewhere' : 'no controller says how well apps are isolated here';
  return `FAPI_HOST is "${host}", and ${why} (${detail ?? code}): use 127.0.0.1, or set FAPI_ALLOW_UNSAFE=1 if you trust everybody who deploys.`;
}
