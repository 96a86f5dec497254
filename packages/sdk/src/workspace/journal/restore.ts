import type { AppFile, Draft } from '../../contract/files.ts';
import { mergeFiles } from '../merge/merge-files.ts';
import { packFiles, unpack } from '../packed.ts';
import type { Conflict } from '../types.ts';
import { dirtyPathsOf, filesOf, openCopy, type WorkingCopy } from '../app/working-copy.ts';

/** One file that differs from what is saved: as it was saved, and as it was typed; absent where there was none. */
export interface Change { readonly path: string; readonly saved?: string; readonly typed?: string }

export const changesOf = (copy: WorkingCopy): Change[] => [...dirtyPathsOf(copy)].map((path) => {
  const [saved, typed] = [copy.saved.get(path), copy.files.get(path)];
  return { path, ...(saved === undefined ? {} : { saved }), ...(typed === undefined ? {} : { typed }) };
});

export interface Restored { readonly copy: WorkingCopy; readonly conflict: Conflict | undefined }

/** Lays over a draft what was typed over `version` of it. Undefined when the draft has it all already. */
export function restoreOver(draft: Draft, version: number, changes: readonly Change[]): Restored | undefined {
  const theirs = packFiles(draft.files);
  const [base, mine] = [laid(theirs, changes, 'saved'), laid(theirs, changes, 'typed')];
  const merged = mergeFiles({ base: toFiles(base), mine: toFiles(mine), theirs: draft.files });
  const opened = openCopy(draft.version, draft.files);
  if (merged.conflicts.length === 0) {
    const copy = { ...opened, files: packFiles(merged.files) };
    return dirtyPathsOf(copy).size > 0 ? { copy, conflict: undefined } : undefined;
  }
  // Over its own base: a save of it is refused until somebody has chosen.
  const copy = { ...openCopy(version, toFiles(base)), files: mine };
  return { copy, conflict: { version: draft.version, savedAt: draft.savedAt, savedBy: draft.savedBy, base: toFiles(base), theirs: filesOf(opened) } };
}

function laid(files: ReadonlyMap<string, string>, changes: readonly Change[], side: 'saved' | 'typed'): Map<string, string> {
  const made = new Map(files);
  for (const change of changes) {
    const text = change[side];
    if (text === undefined) made.delete(change.path);
    else made.set(change.path, text);
  }
  return made;
}

const toFiles = (files: ReadonlyMap<string, string>): AppFile[] => [...files].map(([path, packed]) => unpack(path, packed));
