import type { AppFile, Draft } from '../../contract/files.ts';
import { planMerge } from '../merge/plan-merge.ts';
import { packFiles } from '../packed.ts';
import type { AppSnapshot, Conflict } from '../types.ts';
import { dirtyPathsOf, filesOf, isSame, openCopy, savedFilesOf, type WorkingCopy } from './working-copy.ts';

/** A working copy and what the page says of it. */
export interface Step { readonly copy: WorkingCopy; readonly change: Partial<AppSnapshot> }

export interface Merging {
  /** Lays a draft of somebody else under what is typed: merged where no line is disputed, a conflict where one is. */
  meet(copy: WorkingCopy, draft: Draft): Step;
  /** What a person has made of a conflict, over what the server has. */
  resolve(copy: WorkingCopy, conflict: Conflict, files: readonly AppFile[]): Step;
  /** Before the last merge; undefined when there is none. `copy` is what it has become: saved since, or not. */
  undo(copy: WorkingCopy): Step | undefined;
}

/** Remembers one merge, to take it back. */
export function createMerging(): Merging {
  let former: { copy: WorkingCopy; conflict: Conflict } | undefined;
  /** What the server has instead of theirs, since the merge that was taken back had been saved. */
  let ground: { conflict: Conflict; files: readonly AppFile[] } | undefined;
  return {
    meet(copy, draft) {
      const conflict: Conflict = { version: draft.version, savedAt: draft.savedAt, savedBy: draft.savedBy, base: savedFilesOf(copy), theirs: draft.files };
      const plan = planMerge({ base: conflict.base, mine: filesOf(copy), theirs: draft.files });
      if (plan.conflicts.length > 0) return { copy, change: { save: 'conflict', conflict, merged: undefined } };
      former = { copy, conflict };
      ground = undefined;
      // What brings nothing is nothing to speak of.
      const merged = plan.brought.length === 0 ? undefined : { by: 'itself', savedAt: draft.savedAt, savedBy: draft.savedBy, paths: plan.brought } as const;
      return { copy: over(draft.version, draft.files, plan.clean, copy), change: { save: 'idle', error: undefined, conflict: undefined, merged, savedAt: draft.savedAt } };
    },
    resolve(copy, conflict, files) {
      former = { copy, conflict };
      const below = ground?.conflict === conflict ? ground.files : conflict.theirs;
      const resolved = over(conflict.version, below, files, copy);
      const merged = { by: 'hand', savedAt: conflict.savedAt, savedBy: conflict.savedBy, paths: changedPaths(filesOf(copy), files) } as const;
      return { copy: resolved, change: { save: 'idle', error: undefined, conflict: undefined, merged } };
    },
    undo(copy) {
      if (!former) return undefined;
      const conflict = { ...former.conflict, version: copy.version };
      ground = { conflict, files: savedFilesOf(copy) };
      const step: Step = { copy: former.copy, change: { save: 'conflict', conflict, merged: undefined } };
      former = undefined;
      return step;
    },
  };
}

/** Typed files over a draft; what was renamed here still is, if theirs has it under its former name. */
const over = (version: number, saved: readonly AppFile[], files: readonly AppFile[], { origins }: WorkingCopy): WorkingCopy => {
  const opened = openCopy(version, saved);
  const texts = packFiles(files);
  return isSame(saved, texts) ? opened : { ...opened, files: texts, origins };
};

const changedPaths = (before: readonly AppFile[], after: readonly AppFile[]): string[] => [...dirtyPathsOf({ ...openCopy(0, before), files: packFiles(after) })].toSorted();
