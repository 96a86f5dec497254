import { chooseExpired, deploymentsKept } from '../../domain/deployments/retention.ts';
import { lockApp } from '../../store/apps/apps.ts';
import { findManifest } from '../../store/code/drafts.ts';
import { inReserve } from '../../store/disk/take-reserve.ts';
import { deleteHistory, listDeploymentFacts, listRevisions, listWithHistory } from '../../store/code/revisions.ts';
import type { Context } from '../context.ts';

const hourMs = 3_600_000;

/** Deletes the old history of apps that have deployed since then, or of all. Each app is a transaction: nobody deploys meanwhile what is being deleted. */
export async function collectRevisions(context: Context, since?: Date): Promise<void> {
  for (const appId of await listWithHistory(context.db, { since, revisions: context.revisionsKept, deployments: deploymentsKept })) {
    await inReserve(context.db, async (tx) => {
      const at = context.now();
      const app = await lockApp(tx, appId);
      if (!app) return;
      const [revisions, deployments, draft] = [await listRevisions(tx, appId), await listDeploymentFacts(tx, appId), await findManifest(tx, appId, app.draft_version)];
      // What is held is asked for again, as what is live would be.
      const needed = app.live_deployment_id ?? app.held_deployment_id;
      const live = deployments.find(({ id }) => id === needed)?.revision;
      const expired = chooseExpired({ revisions, deployments, live, bases: draft?.base_revision == null ? [] : [draft.base_revision] }, context.revisionsKept, at);
      await deleteHistory(tx, appId, { revisions: expired.revisions, deployments: expired.deployments.map(({ id }) => id).filter((id) => id !== needed) }, new Date(at.getTime() + hourMs));
    });
  }
}
