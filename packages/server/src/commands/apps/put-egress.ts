import type { Egress, EgressGrant } from '@fapi/sdk/contract';
import { schemaVersion } from '@fapi/runner-controller/work';
import { normaliseGrants } from '../../domain/egress.ts';
import { DomainError } from '../../domain/errors.ts';
import { updateApp } from '../../store/apps/apps.ts';
import type { NewEvent } from '../../store/history/events.ts';
import { act } from '../act.ts';
import { askAgain } from '../deployments/ask-again.ts';
import type { Actor, Context } from '../context.ts';
import { lockLivingApp } from '../lock-app.ts';

const pingMs = 1_000;

/** Says where an app may connect to. What is live, or is about to be, is asked for again with it: same revision, same environment. Of a suspended app nothing is: it is what the resume brings. */
export async function putEgress(context: Context, actor: Actor, appId: string, input: readonly EgressGrant[]): Promise<Egress> {
  const grants = normaliseGrants(input);
  if (grants.length > 0) await checkLayer(context);
  return act(context, actor, { action: 'egress.put', appId, input: grants }, async (tx, at) => {
    const app = await lockLivingApp(tx, actor, appId);
    const events: NewEvent[] = [];
    if (JSON.stringify(grants) !== JSON.stringify(app.egress.map(({ host, port }) => ({ host, port })))) {
      const changed = await updateApp(tx, appId, { egress: grants });
      await askAgain(tx, context, changed, 'egress', at, events);
    }
    return { answer: { grants }, events };
  });
}

/** Where the layer is missing no grant leads anywhere: that is said now, and not by each deployment that follows. Nobody who could say so is no obstacle. */
async function checkLayer(context: Context): Promise<void> {
  const answer = await context.bus.calls.request({ schema: schemaVersion, kind: 'ping' }, { timeoutMs: pingMs }).catch(() => undefined);
  const layer = answer?.kind === 'ping' ? answer.runtime.isolation.layers.find(({ name }) => name === 'egress') : undefined;
  if (layer?.active === false) throw new DomainError('egress_not_allowed', `apps cannot connect anywhere on this system: ${layer.reason ?? 'the layer egress is missing'}`);
}
