import { presenceMs } from '@fapi/sdk/contract';
import { collectTokens } from '../../store/access/embed-tokens.ts';
import { collectRevocations } from '../../store/access/revocations.ts';
import { lockApp } from '../../store/apps/apps.ts';
import { collectEnvironments } from '../../store/apps/environments.ts';
import { collectPages } from '../../store/apps/presence.ts';
import { collectBundles } from '../../store/code/bundles.ts';
import { listToSweep, sweepContents } from '../../store/code/contents.ts';
import { inReserve } from '../../store/disk/take-reserve.ts';
import { collectIdempotent } from '../../store/history/idempotency.ts';
import type { Context } from '../context.ts';

const hourMs = 3_600_000;

/** Deletes what nobody can need any more. */
export async function collect(context: Context): Promise<void> {
  const now = context.now().getTime();
  await collectBundles(context.db, new Date(now - hourMs));
  await collectTokens(context.db, new Date(now - 24 * hourMs));
  await collectRevocations(context.db);
  await collectPages(context.db, new Date(now - presenceMs));
  await collectIdempotent(context.db, new Date(now - 24 * hourMs));
  await collectEnvironments(context.db, new Date(now - hourMs));
  await sweep(context);
}

/** Texts that nothing names any more, an app at a time: its lock keeps its own people away for a moment. */
async function sweep(context: Context): Promise<void> {
  const now = context.now();
  for (const appId of await listToSweep(context.db, now)) {
    await inReserve(context.db, async (tx) => {
      if (await lockApp(tx, appId)) await sweepContents(tx, appId, new Date(now.getTime() - hourMs), new Date(now.getTime() + hourMs));
    });
  }
}
