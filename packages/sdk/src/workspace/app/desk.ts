import { followFindings } from './follow-findings.ts';
import type { AppJournal } from '../journal/journal.ts';
import type { State } from '../state.ts';
import type { AppSnapshot } from '../types.ts';
import { dirtyPathsOf, filesOf, openCopy, type WorkingCopy } from './working-copy.ts';

/** The working copy, and the one way to change it: what is shown, what is kept in the browser and what was found in it go along. */
export interface Desk {
  readonly copy: WorkingCopy;
  readonly isDirty: boolean;
  /** While an act of ours is on its way, a newer draft may be our own. */
  readonly isActing: boolean;
  /** Lays another copy down, and says what else has changed with it. */
  lay(next: WorkingCopy, change?: Partial<AppSnapshot>): void;
  /** As somebody types: only where there is an app to type into. */
  type(next: WorkingCopy): void;
  /** Saves and deploys wait for each other: each needs the version that the one before has made. */
  inTurn<T>(act: () => Promise<T>): Promise<T>;
}

export function createDesk(state: State, journal: AppJournal, { isTested, onType }: { isTested: (copy: WorkingCopy) => boolean; onType: () => void }): Desk {
  let copy = openCopy(0, []);
  let turn: Promise<unknown> = Promise.resolve();
  const lay: Desk['lay'] = (next, change = {}) => {
    const isTextNew = next.files !== copy.files;
    const found = isTextNew ? { findings: followFindings(state.snapshot.findings, copy.files, next.files), areFindingsCurrent: false, tests: { ...state.snapshot.tests, isCurrent: isTested(next) } } : {};
    copy = next;
    journal.follow(copy);
    state.set({ files: filesOf(copy), ...found, draftVersion: copy.version, dirtyPaths: dirtyPathsOf(copy), ...change });
  };
  return {
    get copy() {
      return copy;
    },
    get isDirty() {
      return state.snapshot.dirtyPaths.size > 0;
    },
    get isActing() {
      return state.snapshot.save === 'saving' || state.snapshot.deploying;
    },
    lay,
    type(next) {
      if (next === copy || state.snapshot.load !== 'ready') return;
      lay(next, { restored: undefined, merged: undefined, ...(state.snapshot.save === 'failed' ? { save: 'idle', error: undefined } : {}) });
      onType();
    },
    inTurn(act) {
      const mine = turn.then(act);
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
