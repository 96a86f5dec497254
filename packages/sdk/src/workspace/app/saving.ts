import type { FapiClient } from '../../fapi-client.ts';
import type { Deployment } from '../../contract/deployments.ts';
import { isApiError } from '../../errors.ts';
import { isAway, mayPass } from '../away.ts';
import type { Converter } from './converter.ts';
import type { Desk } from './desk.ts';
import type { Meeting } from './meeting.ts';
import type { News } from '../news.ts';
import type { State } from '../state.ts';
import type { Validator } from './validator.ts';
import { markSaved, patchOf, type WorkingCopy } from './working-copy.ts';

/** Of one save, where each is refused for what merges by itself. */
const savesMax = 3;

/** A save would be refused for it too. */
const isOfDraft = (error: unknown): boolean => isAway(error) || (['draft_invalid', 'draft_too_large', 'body_too_large', 'storage_full'] as const).some((code) => isApiError(error, code));

/** Brings the working copy to the server, in turn. */
export interface Saving {
  save(): Promise<void>;
  deploy(): Promise<Deployment | undefined>;
  /** Typed and saved in one turn: what is on the server is before it or after it. */
  takeConverted(next: WorkingCopy | undefined, now: 'applied' | 'idle'): Promise<boolean>;
}

export interface SavingDeps {
  readonly client: FapiClient;
  readonly state: State;
  readonly desk: Desk;
  readonly meeting: Pick<Meeting, 'meetNewer' | 'takeRefusal'>;
  readonly validator: Pick<Validator, 'schedule' | 'spend'>;
  readonly news: Pick<News, 'takeDeployment'>;
  readonly converter: Pick<Converter, 'close'>;
}

export function createSaving({ client, state, desk, meeting, validator, news, converter }: SavingDeps): Saving {
  const { set } = state;
  const { appId } = state.snapshot;
  const saveNow = async (triesLeft = savesMax - 1): Promise<void> => {
    const { load, save, error: before } = state.snapshot;
    if (load !== 'ready' || !desk.isDirty) return;
    const sent = desk.copy;
    // Of another act than a save, which a save does not undo.
    const others = save === 'idle' ? before : undefined;
    // What passes by itself is asked again and again: it is said once, until it is no more so.
    set({ save: 'saving', error: mayPass(before) ? before : others });
    try {
      // Without the store's signal: who leaves the page has saved all the same.
      const draft = await client.drafts.patch(appId, { version: sent.version, ...patchOf(sent) });
      desk.lay(markSaved(desk.copy, sent.files, draft.version), { save: 'idle', error: others, conflict: undefined, savedAt: draft.savedAt, restored: undefined });
      validator.schedule(0);
    } catch (error) {
      // Somebody who saves all the time is not raced for ever.
      if ((await meeting.takeRefusal(error, sent)) === 'merged' && triesLeft > 0) await saveNow(triesLeft - 1);
    }
  };
  const requestDeployment = async (triesLeft = 1): Promise<Deployment | undefined> => {
    const sent = desk.copy;
    const generation = state.snapshot.deployment?.generation ?? 0;
    try {
      const deployment = await client.deployments.create(appId, { draftVersion: sent.version, patch: patchOf(sent) });
      desk.lay(markSaved(desk.copy, sent.files, deployment.draftVersion), { save: 'idle', conflict: undefined, savedAt: deployment.createdAt, restored: undefined });
      news.takeDeployment(deployment);
      return deployment;
    } catch (error) {
      // Who may not deploy may save, by hand or by itself.
      if ((await meeting.takeRefusal(error, sent, isOfDraft(error) ? 'failed' : 'idle')) === 'ours' && triesLeft > 0) return requestDeployment(triesLeft - 1);
      // What passes by itself takes its words with it.
      if (isAway(error) || isApiError(error, 'draft_conflict') || isApiError(error, 'storage_full')) set({ missedDeploy: { generation } });
      return undefined;
    }
  };
  return {
    save: () => desk.inTurn(async () => {
      await saveNow();
      meeting.meetNewer();
    }),
    async deploy() {
      if (state.snapshot.deploying || state.snapshot.load !== 'ready') return undefined;
      state.setAhead({ deploying: true, error: undefined, missedDeploy: undefined });
      validator.spend();
      const deployment = await desk.inTurn(() => requestDeployment());
      set({ deploying: false });
      meeting.meetNewer();
      if (!deployment) validator.schedule(0);
      return deployment;
    },
    async takeConverted(next, now) {
      if (!next || state.snapshot.load !== 'ready' || state.snapshot.save === 'conflict') return false;
      desk.type(next);
      if (now === 'idle') converter.close();
      else set({ conversion: { ...state.snapshot.conversion, state: now } });
      await desk.inTurn(() => saveNow());
      return true;
    },
  };
}
