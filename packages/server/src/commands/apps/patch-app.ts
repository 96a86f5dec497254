import { isDeepStrictEqual } from 'node:util';
import type { App, AppSettings, RunSettings } from '@fapi/sdk/contract';
import { checkRelabel } from '../../domain/access/labels.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { updateApp } from '../../store/apps/apps.ts';
import { act } from '../act.ts';
import type { Actor, Context } from '../context.ts';
import { markSpec } from '../deployments/mark-spec.ts';
import { presentApp } from '../present-app.ts';
import { lockLivingApp } from '../lock-app.ts';

/** What the runner has to know of them. */
const toRunSettings = ({ exclusive, idleFreezeS, idleStopS }: AppSettings): RunSettings => ({ exclusive, idleFreezeS, idleStopS });

type Change = { [K in keyof AppSettings]?: AppSettings[K] | undefined };

/** Changes title, settings or labels. What the settings say of sleep reaches what is live at once, by the same generation. */
export function patchApp(context: Context, actor: Actor & Pick<Principal, 'apps' | 'labels' | 'needsGrant'>, appId: string, input: { title?: string | undefined; settings?: Change | undefined; labels?: string[] | undefined }): Promise<App> {
  const { title, settings: change = {} } = input;
  const labels = checkRelabel(actor, input.labels);
  return act(context, actor, { action: 'apps.patch', appId, input }, async (tx, at) => {
    const row = await lockLivingApp(tx, actor, appId);
    const settings: AppSettings = { exclusive: change.exclusive ?? row.settings.exclusive, idleFreezeS: orFormer(change.idleFreezeS, row.settings.idleFreezeS), idleStopS: orFormer(change.idleStopS, row.settings.idleStopS), rollbackOn5xx: orFormer(change.rollbackOn5xx, row.settings.rollbackOn5xx) };
    const isSame = (Object.keys(settings) as (keyof AppSettings)[]).every((name) => isDeepStrictEqual(settings[name], row.settings[name]));
    if (isSame && (title === undefined || title === row.title) && (labels === undefined || JSON.stringify(labels) === JSON.stringify(row.labels))) return { answer: await presentApp(tx, row, context.appUrl) };
    const changed = await updateApp(tx, appId, { ...(title === undefined ? {} : { title }), settings, labels });
    if (!isSame) await markSpec(tx, appId, row.generation, { settings: toRunSettings(settings) }, at);
    const app = await presentApp(tx, changed, context.appUrl);
    return { answer: app, events: [{ workspaceId: actor.workspaceId, appId, type: 'app', payload: app }] };
  });
}

/** Null is a wish of its own: never. */
const orFormer = <T>(wish: T | null | undefined, former: T | null): T | null => (wish === undefined ? former : wish);
