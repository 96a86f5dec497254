import { DomainError } from '../../domain/errors.ts';
import { askRuntime } from '../ask-runner.ts';
import type { Context } from '../context.ts';

/** From this level on an app reaches no file and no process of another one. */
const safeLevel = 2;

/** Asks, unless the level is known. Throws `isolation_too_low` when whoever runs apps has found that it isolates them less, and `runner_unavailable` when nobody says so. */
export async function requireIsolation(context: Context, known?: number): Promise<void> {
  const level = known ?? (await askRuntime(context)).isolation.level;
  if (level < safeLevel) throw new DomainError('isolation_too_low', `apps are isolated at level ${level} and not at ${safeLevel}; FAPI_ALLOW_UNSAFE=1 allows it all the same`);
}
