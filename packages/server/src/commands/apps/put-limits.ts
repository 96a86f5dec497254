import { isDeepStrictEqual } from 'node:util';
import type { AppLimits, LimitValues } from '@fapi/sdk/contract';
import { presentLimits } from '../../domain/limits.ts';
import { updateApp } from '../../store/apps/apps.ts';
import type { NewEvent } from '../../store/history/events.ts';
import { act } from '../act.ts';
import { askAgain } from '../deployments/ask-again.ts';
import type { Actor, Context } from '../context.ts';
import { lockLivingApp } from '../lock-app.ts';
import { presentApp } from '../present-app.ts';

/** Says how much of the machine an app may have. A process is born with its limits: what is live is asked for again with them. */
export function putLimits(context: Context, actor: Actor, appId: string, limits: LimitValues): Promise<AppLimits> {
  return act(context, actor, { action: 'limits.put', appId, input: limits }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    const events: NewEvent[] = [];
    if (!isDeepStrictEqual(limits, app.limits)) {
      const changed = await updateApp(tx, appId, { limits });
      await askAgain(tx, context, changed, 'limits', at, events);
      // Pages that show the limits read them again, also of an app that nothing was asked for.
      if (events.length === 0) events.push({ workspaceId: app.workspace_id, appId, type: 'app', payload: await presentApp(tx, changed, context.appUrl) });
    }
    return { answer: presentLimits(limits), events };
  });
}
