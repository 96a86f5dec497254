import type { AppFile } from '../../contract/files.ts';
import { packFiles, unpack } from '../packed.ts';
import { mergeText, type Piece } from './merge-text.ts';
import { findRenames } from './renames.ts';

/** Two changes of the same files, file by file. */
export interface MergePlan {
  /** What merges by itself, sorted by path, with what nobody has changed. */
  readonly clean: readonly AppFile[];
  /** Paths of what merging brings to mine: changed, added or removed by the other side. */
  readonly brought: readonly string[];
  /** What a person has to decide, sorted by path. */
  readonly conflicts: readonly FileConflict[];
}

export type FileConflict = TextConflict | WholeConflict;

/** Both sides have changed the same lines. */
export interface TextConflict {
  readonly kind: 'text';
  readonly path: string;
  readonly pieces: readonly Piece[];
}

/** One side or the other as a whole: each is the file that it leaves, or undefined when it leaves none. */
export interface WholeConflict {
  /** `removed`: one side has deleted what the other has changed. `renamed`: both have given it another name. `binary`: it is no text that lines could be merged of. */
  readonly kind: 'removed' | 'renamed' | 'binary';
  readonly path: string;
  readonly mine: AppFile | undefined;
  readonly theirs: AppFile | undefined;
}

export interface Sides { readonly base: readonly AppFile[]; readonly mine: readonly AppFile[]; readonly theirs: readonly AppFile[] }

/**
 * Lays two changes of the same files over each other. What one side alone has touched is taken from it, a new name included; nothing is decided where both have.
 * @example
 * const { clean, conflicts } = planMerge({ base: conflict.base, mine: snapshot.files, theirs: conflict.theirs });
 */
export function planMerge({ base, mine, theirs }: Sides): MergePlan {
  const [known, own, other] = [packFiles(base), packFiles(mine), packFiles(theirs)];
  // A new name that the other side has given to something else is none.
  const unless = (renames: ReadonlyMap<string, string>, taken: ReadonlyMap<string, string>, same: ReadonlyMap<string, string>): Map<string, string> =>
    new Map([...renames].filter(([from, to]) => !taken.has(to) || same.get(from) === to));
  const [ownFound, otherFound] = [findRenames(known, own), findRenames(known, other)];
  const [ownNames, otherNames] = [unless(ownFound, other, otherFound), unless(otherFound, own, ownFound)];
  const moved = new Set([...ownNames.values(), ...otherNames.values()]);
  const clean: AppFile[] = [];
  const conflicts: FileConflict[] = [];
  for (const path of new Set([...known.keys(), ...own.keys(), ...other.keys()])) {
    if (!known.has(path) && moved.has(path)) continue;
    const made = mergeFile(path, known.get(path), fileAt(own, ownNames.get(path) ?? path), fileAt(other, otherNames.get(path) ?? path));
    if (made && 'kind' in made) conflicts.push(made);
    else if (made) clean.push(unpack(made.path, made.content));
  }
  const undecided = new Set(conflicts.flatMap((conflict) => [conflict.path, ...(conflict.kind === 'text' ? [] : [conflict.mine?.path, conflict.theirs?.path])]));
  const texts = packFiles(clean);
  const brought = [...new Set([...own.keys(), ...texts.keys()])].filter((path) => !undecided.has(path) && own.get(path) !== texts.get(path)).toSorted();
  return { clean: clean.toSorted(byPath), brought, conflicts: conflicts.toSorted(byPath) };
}

/** A file whose content is packed. */
type Packed = Pick<AppFile, 'path' | 'content'>;

/** The file that is left, undefined for none, or what has to be decided. */
function mergeFile(path: string, before: string | undefined, a: Packed | undefined, b: Packed | undefined): Packed | FileConflict | undefined {
  if (!a || !b) {
    const left = a ?? b;
    if (!left || before === undefined) return left;
    // Gone if the other has left it alone.
    return left.content === before && left.path === path ? undefined : { kind: 'removed', path: left.path, mine: unpacked(a), theirs: unpacked(b) };
  }
  const isText = [before ?? '', a.content, b.content].every(isLined);
  const isUndisputed = a.content === b.content || a.content === before || b.content === before;
  const pieces = isText || isUndisputed ? mergeText(before ?? '', a.content, b.content) : undefined;
  const content = pieces?.every(({ merged }) => merged !== undefined) ? pieces.map(({ merged }) => merged).join('') : undefined;
  if (a.path !== b.path && a.path !== path && b.path !== path) return { kind: 'renamed', path: a.path, mine: unpack(a.path, content ?? a.content), theirs: unpack(b.path, content ?? b.content) };
  const name = a.path === path ? b.path : a.path;
  if (content !== undefined) return { path: name, content };
  return pieces ? { kind: 'text', path: name, pieces } : { kind: 'binary', path: name, mine: unpack(name, a.content), theirs: unpack(name, b.content) };
}

const unpacked = (file: Packed | undefined): AppFile | undefined => file && unpack(file.path, file.content);

/** UTF-16 units of a line that a person could still read. */
const lineMax = 20_000;

/** Is it a text of lines? Else its parts mean nothing by themselves. */
function isLined(text: string): boolean {
  if (text.includes('\0') || text.includes('\uFFFD')) return false;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    if ((end === -1 ? text.length : end) - from > lineMax) return false;
    if (end === -1) return true;
    from = end + 1;
  }
  return true;
}

const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
const fileAt = (files: ReadonlyMap<string, string>, path: string): Packed | undefined => (files.has(path) ? { path, content: files.get(path)! } : undefined);
