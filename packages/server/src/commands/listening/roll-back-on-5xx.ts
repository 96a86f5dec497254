import type { MetricsSample } from '@fapi/runner-controller/work';
import { judgeAnswers } from '../../domain/deployments/error-rate.ts';
import { lockApp } from '../../store/apps/apps.ts';
import { findDeployment, findReplacedBy, hasRollbackAfter, listUnsettled } from '../../store/wishes/deployments.ts';
import { appendEvents, type NewEvent } from '../../store/history/events.ts';
import { bringBack } from '../holds/bring-back.ts';
import type { Context } from '../context.ts';

/**
 * Asks for what was live before when what is live answers too often with 5xx, as the app's settings say. Once: a former revision that is brought back so is not judged, and one that could not be brought back is not asked for again.
 * What is live stays so until the former one is; it has failed then.
 */
export async function rollBackOn5xx(context: Context, { appId, serving }: Pick<MetricsSample, 'appId' | 'serving'>): Promise<void> {
  if (!serving || serving.status5xx === 0) return;
  const at = context.now();
  const isAsked = await context.db.transaction().execute(async (tx) => {
    const app = await lockApp(tx, appId);
    const rule = app?.settings.rollbackOn5xx;
    if (!app || !rule || app.deleted_at !== null || app.live_deployment_id === null) return false;
    const live = await findDeployment(tx, appId, app.live_deployment_id);
    if (!live || live.generation !== serving.generation || live.trigger === 'rollback' || live.live_at === null) return false;
    const verdict = judgeAnswers(rule, serving, at.getTime() - live.live_at.getTime());
    if (verdict === undefined || (await listUnsettled(tx, appId)).length > 0 || (await hasRollbackAfter(tx, appId, live.generation))) return false;
    const former = await findReplacedBy(tx, live);
    if (!former) return false;
    const events: NewEvent[] = [];
    await bringBack(tx, context, app, former.id, verdict, at, events);
    await appendEvents(tx, events, at);
    return true;
  });
  if (!isAsked) return;
  context.wakeRelay();
  context.wakeStreams();
}
