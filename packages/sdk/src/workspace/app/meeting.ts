import type { FapiClient } from '../../fapi-client.ts';
import type { AppFile, Draft } from '../../contract/files.ts';
import { isApiError } from '../../errors.ts';
import type { Desk } from './desk.ts';
import type { AppJournal, Lost } from '../journal/journal.ts';
import { restoreOver } from '../journal/restore.ts';
import { createMerging } from './merging.ts';
import type { State } from '../state.ts';
import type { Validator } from './validator.ts';
import { isSame, markSaved, openCopy, type WorkingCopy } from './working-copy.ts';

/** What became of a draft that somebody else has saved: it is what was sent, it is in the working copy, or neither. */
type Met = 'ours' | 'merged' | 'apart';

/** How what the server has comes together with what is typed. */
export interface Meeting {
  /** Takes what the server has for the working copy, whatever that was. */
  takeDraft(draft: Draft): void;
  /** The first draft that is read: with what a page that is gone had not saved laid over it. */
  openDraft(draft: Draft): Promise<void>;
  /** A check was of an older draft than the server has. */
  onStale(checked: WorkingCopy): Promise<void>;
  /** Reads and meets a draft that is newer than what is here, if the app says that there is one. */
  meetNewer(): void;
  /** Of an act that sent the working copy. `ours`: the refusal was a mistake, since the server has what was sent, from a try whose answer was lost. Merged by itself, it is over; else it is a state to show, as `refused`. */
  takeRefusal(error: unknown, sent: WorkingCopy, refused?: 'failed' | 'idle'): Promise<Met>;
  /** Ends a conflict as somebody has decided. False when it is over, or another one. */
  resolve(version: number, files: readonly AppFile[]): boolean;
  undoMerge(): void;
}

export interface MeetingDeps {
  readonly client: FapiClient;
  readonly state: State;
  readonly desk: Desk;
  readonly validator: Pick<Validator, 'schedule'>;
  readonly journal: AppJournal;
  readonly lost: Promise<Lost | undefined>;
  /** Of the store: what is answered after it is nobody's business any more. */
  readonly signal: AbortSignal;
}

export function createMeeting({ client, state, desk, validator, journal, lost: finding, signal }: MeetingDeps): Meeting {
  const { set } = state;
  const { appId } = state.snapshot;
  const merging = createMerging();
  /** Until the first draft is opened. */
  let former: Promise<Lost | undefined> | undefined = finding;
  /** Of the draft that is being read because somebody told of it. */
  let meetingVersion = 0;

  const takeDraft: Meeting['takeDraft'] = (draft) => {
    desk.lay(openCopy(draft.version, draft.files), { load: 'ready', error: undefined, save: 'idle', conflict: undefined, merged: undefined, savedAt: draft.savedAt, restored: undefined });
    validator.schedule(0);
  };
  /** Takes a newer draft where nothing is typed, and lays it under what is typed or, where both have changed the same, beside it. */
  const meet = (draft: Draft, sent: WorkingCopy['files'] = desk.copy.files): Met => {
    const { load, conflict } = state.snapshot;
    if (load === 'deleted' || (load === 'ready' && draft.version <= desk.copy.version)) return 'apart';
    if (!desk.isDirty) takeDraft(draft);
    // Known already: what was taken apart on purpose is not put together again.
    else if (draft.version === desk.copy.version || draft.version === conflict?.version) {
      set({ load: 'ready' });
      validator.schedule();
    } else if (isSame(draft.files, sent)) {
      desk.lay(markSaved(desk.copy, sent, draft.version), { load: 'ready', error: undefined, save: 'idle', conflict: undefined, savedAt: draft.savedAt });
      return 'ours';
    } else {
      const step = merging.meet(desk.copy, draft);
      desk.lay(step.copy, { load: 'ready', ...step.change });
      validator.schedule();
      return step.change.conflict ? 'apart' : 'merged';
    }
    return 'apart';
  };
  const meetTheirs = async (sent?: WorkingCopy['files']): Promise<Met> => {
    try {
      return meet(await client.drafts.read(appId, { signal }), sent);
    } catch {
      if (desk.isDirty) set({ save: 'conflict' });
      return 'apart';
    }
  };
  return {
    takeDraft,
    async openDraft(draft) {
      const lost = await former;
      former = undefined;
      if (signal.aborted) return;
      meet(draft);
      if (!lost || desk.isDirty || desk.copy.version !== draft.version) return;
      const restored = restoreOver(draft, lost.version, lost.changes);
      if (!restored) return journal.forget(lost);
      journal.follow(restored.copy, lost);
      desk.lay(restored.copy, restored.conflict ? { save: 'conflict', conflict: restored.conflict } : { restored: lost.restored });
    },
    async onStale(checked) {
      if (desk.isActing) return validator.schedule();
      await meetTheirs();
      // It was our own save that overtook the check.
      if (desk.copy.version !== checked.version && state.snapshot.validation === 'unavailable') validator.schedule(0);
    },
    meetNewer() {
      const { app, conflict, load } = state.snapshot;
      if (load !== 'ready' || !app || app.draftVersion <= (conflict?.version ?? desk.copy.version) || desk.isActing) return;
      // Told by the stream and by a refresh: it is read once.
      if (app.draftVersion <= meetingVersion) return;
      meetingVersion = app.draftVersion;
      void meetTheirs().finally(() => { meetingVersion = 0; });
    },
    async takeRefusal(error, sent, refused = 'failed') {
      const isConflict = isApiError(error, 'draft_conflict');
      // Theirs comes with the refusal, for who may read it at all.
      const met = !isConflict ? 'apart' : error.conflict ? meet(error.conflict.current, sent.files) : await meetTheirs(sent.files);
      if (met !== 'apart' || signal.aborted) return met;
      // With nothing typed, theirs is what is shown by now: nobody has anything to choose.
      if (isConflict && !desk.isDirty && desk.copy.version > sent.version) set({ save: 'idle', error: undefined });
      else set({ error, save: !isConflict ? refused : desk.isDirty ? 'conflict' : 'idle' });
      return met;
    },
    resolve(version, files) {
      const { conflict } = state.snapshot;
      if (conflict?.version !== version) return false;
      const step = merging.resolve(desk.copy, conflict, files);
      desk.lay(step.copy, step.change);
      validator.schedule(0);
      return true;
    },
    undoMerge() {
      const step = state.snapshot.merged && merging.undo(desk.copy);
      if (!step) return;
      desk.lay(step.copy, step.change);
      validator.schedule();
    },
  };
}
