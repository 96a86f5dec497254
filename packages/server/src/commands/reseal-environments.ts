import { listSealedWith, resealEnvironment } from '../store/environments.ts';
import type { Context } from './context.ts';
import { openVariables, sealVariables } from './environment.ts';

const batch = 50;

/** Seals with the newest key what an older one has sealed, so that the older one can leave the ring; answers how many versions it were. */
export async function resealEnvironments(context: Pick<Context, 'db' | 'keyRing'>, signal: AbortSignal): Promise<number> {
  const { db, keyRing } = context;
  for (let count = 0; ; ) {
    const rows = await listSealedWith(db, keyRing.olderKeyIds, batch);
    for (const row of rows) {
      if (signal.aborted) return count;
      await resealEnvironment(db, row, { keyId: keyRing.keyId, variables: sealVariables(keyRing, row.app_id, row.version, openVariables(keyRing, row, () => true)) });
      count++;
    }
    if (rows.length < batch) return count;
  }
}
