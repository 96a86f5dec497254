import { schemaVersion } from '@fapi/runner-controller/work';
import { forgetDays, listPurgeable, lockApp } from '../../store/apps/apps.ts';
import { sweepContents } from '../../store/code/contents.ts';
import { collectTombstones, deleteApp, deleteAppHistory, hasContents } from '../../store/apps/purge.ts';
import { inReserve } from '../../store/disk/take-reserve.ts';
import { putSpec } from '../../store/wishes/specs.ts';
import type { Context } from '../context.ts';
import { restorableSince } from '../apps/restore-app.ts';

const [hourMs, tombstoneDays] = [3_600_000, 30];

/** Deletes for good what can be restored no longer: rows, texts, environments and, by a last spec, the folder. Of an app stays what was done to it, in the audit log. */
export async function purgeApps(context: Context): Promise<void> {
  const now = context.now();
  const apps = await listPurgeable(context.db, restorableSince(context, now), now);
  for (const appId of apps) {
    await inReserve(context.db, async (tx) => {
      const app = await lockApp(tx, appId);
      if (!app || app.deleted_at === null || app.deleted_at > restorableSince(context, now)) return;
      await deleteAppHistory(tx, appId);
      await sweepContents(tx, appId, new Date(now.getTime() - hourMs), new Date(now.getTime() + hourMs));
      // A text that was named a moment ago may be about to be named by others: the rest goes later, and nobody restores it meanwhile.
      if (await hasContents(tx, appId)) return forgetDays(tx, appId);
      await putSpec(tx, { schema: schemaVersion, appId, workspaceId: app.workspace_id, generation: app.generation + 1, host: app.host, desired: { state: 'removed' } }, now);
      await deleteApp(tx, appId);
    });
  }
  if (apps.length > 0) context.wakeRelay();
  await collectTombstones(context.db, new Date(now.getTime() - tombstoneDays * 24 * hourMs));
}
