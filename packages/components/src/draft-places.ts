import type { Deployment, Frame } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';

export interface Place { readonly file: string; readonly line: number; readonly column: number }

/** Where the lines of a deployment are in the draft, which may have moved on. */
export interface DraftPlaces {
  /** The draft is what was deployed. */
  readonly isSame: boolean;
  /** The line of the draft that says what the frame's line said; undefined when none does, or several do. */
  find(frame: Frame): Place | undefined;
}

export function draftPlaces({ draftVersion }: Pick<Deployment, 'draftVersion'>, snapshot: Pick<AppSnapshot, 'draftVersion' | 'dirtyPaths' | 'files'>): DraftPlaces {
  const isSame = snapshot.draftVersion === draftVersion && snapshot.dirtyPaths.size === 0;
  return {
    isSame,
    find({ file, line, column = 1, source }) {
      if (isSame) return { file, line, column };
      const lines = snapshot.files.find(({ path }) => path === file)?.content.split('\n');
      if (!lines || source === undefined) return undefined;
      const isIt = (text: string | undefined): boolean => text?.trim() === source.trim();
      if (isIt(lines[line - 1])) return { file, line, column };
      const found = lines.findIndex(isIt);
      return found !== -1 && lines.findLastIndex(isIt) === found ? { file, line: found + 1, column: 1 } : undefined;
    },
  };
}
