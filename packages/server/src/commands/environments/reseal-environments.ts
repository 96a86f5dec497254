import { type EnvironmentRow, listSealedWith, resealEnvironment } from '../../store/apps/environments.ts';
import type { Context } from '../context.ts';
import { openVariables, sealVariables } from './environment.ts';

const batch = 50;

/**
 * Seals with the newest key what an older one has sealed, so that the older one can leave the ring; answers how many versions it were.
 * Looks at each version once: while keys are changed, another server's newest key may be our older one, and the two must not undo each other's work for ever.
 */
export async function resealEnvironments(context: Pick<Context, 'db' | 'keyRing'>, signal: AbortSignal): Promise<number> {
  const { db, keyRing } = context;
  let count = 0;
  for (let after: EnvironmentRow | undefined; ; ) {
    const rows = await listSealedWith(db, keyRing.olderKeyIds, { after, limit: batch });
    for (const row of rows) {
      if (signal.aborted) return count;
      await resealEnvironment(db, row, { keyId: keyRing.keyId, variables: sealVariables(keyRing, row.app_id, row.version, openVariables(keyRing, row, () => true)) });
      count++;
    }
    if (rows.length < batch) return count;
    after = rows.at(-1);
  }
}

/** Of a server that has started. That it fails ends nothing: the older keys are on the ring, and the next start tries again. */
export async function resealAtStart(context: Context, signal: AbortSignal): Promise<void> {
  try {
    const count = await resealEnvironments(context, signal);
    if (count > 0) context.logger.info({ count, keyId: context.keyRing.keyId }, 'environments were sealed anew with the newest key');
  } catch (error) {
    context.logger.error({ reason: error instanceof Error ? error.message : String(error) }, 'environments could not be sealed anew: the older keys are still needed');
  }
}
