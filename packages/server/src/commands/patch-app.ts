import type { App, AppSettings } from '@fapi/sdk/contract';
import { audit } from '../store/access.ts';
import { updateApp } from '../store/apps.ts';
import { appendEvents } from '../store/events.ts';
import type { Actor, Context } from './context.ts';
import { markSpec } from './mark-spec.ts';
import { presentApp } from './present-app.ts';
import { lockLivingApp } from './lock-app.ts';

type Change = { [K in keyof AppSettings]?: AppSettings[K] | undefined };

/** Changes title or settings. What the settings say of sleep reaches what is live at once, by the same generation. */
export async function patchApp(context: Context, actor: Actor, appId: string, { title, settings: change = {} }: { title?: string | undefined; settings?: Change | undefined }): Promise<App> {
  const at = context.now();
  const app = await context.db.transaction().execute(async (tx) => {
    const row = await lockLivingApp(tx, actor, appId);
    const settings: AppSettings = { exclusive: change.exclusive ?? row.settings.exclusive, idleFreezeS: orFormer(change.idleFreezeS, row.settings.idleFreezeS), idleStopS: orFormer(change.idleStopS, row.settings.idleStopS) };
    const isSame = (Object.keys(settings) as (keyof AppSettings)[]).every((name) => settings[name] === row.settings[name]);
    if (isSame && (title === undefined || title === row.title)) return presentApp(tx, row, context.appUrl);
    const changed = await updateApp(tx, appId, { ...(title === undefined ? {} : { title }), settings });
    if (!isSame) await markSpec(tx, appId, row.generation, { settings }, at);
    await audit(tx, { ...actor, action: 'app.patch', appId }, at);
    const payload = await presentApp(tx, changed, context.appUrl);
    await appendEvents(tx, [{ workspaceId: actor.workspaceId, appId, type: 'app', payload }], at);
    return payload;
  });
  context.wakeRelay();
  context.wakeStreams();
  return app;
}

/** Null is a wish of its own: never. */
const orFormer = (wish: number | null | undefined, former: number | null): number | null => (wish === undefined ? former : wish);
