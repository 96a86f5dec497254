import type { AppFile } from '../../contract/files.ts';
import type { Piece } from './merge-text.ts';
import { planMerge, type Sides } from './plan-merge.ts';

/** What a three-way merge has made. */
export interface Merged {
  /** Sorted by path. Where both sides have changed the same lines, those of both are in it, between markers; of what is no text, theirs is beside mine, with `.theirs` after its name. */
  readonly files: readonly AppFile[];
  /** Paths that somebody has to look at. */
  readonly conflicts: readonly string[];
}

/**
 * Lays two changes of the same files over each other, line by line; nothing that either side has written is lost.
 * @example
 * const { current, base } = error.conflict;
 * const { files, conflicts } = mergeFiles({ base: base.files, mine, theirs: current.files });
 */
export function mergeFiles(sides: Sides): Merged {
  const { clean, conflicts } = planMerge(sides);
  const files = [...clean];
  for (const conflict of conflicts) {
    if (conflict.kind === 'text') files.push({ path: conflict.path, content: conflict.pieces.map(textOf).join('') });
    else if (conflict.kind === 'binary' && (conflict.mine ?? conflict.theirs)?.encoding === 'base64') files.push(conflict.mine!, { ...conflict.theirs!, path: `${conflict.path}.theirs` });
    else if (conflict.kind === 'binary') files.push({ path: conflict.path, content: marked(conflict.mine!.content, conflict.theirs!.content) });
    else files.push(...[conflict.mine, conflict.theirs].filter((file) => file !== undefined));
  }
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), conflicts: conflicts.map(({ path }) => path) };
}

const textOf = ({ mine, theirs, merged }: Piece): string => merged ?? marked(mine, theirs);
const marked = (mine: string, theirs: string): string => `<<<<<<< mine\n${ended(mine)}=======\n${ended(theirs)}>>>>>>> theirs\n`;
const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
