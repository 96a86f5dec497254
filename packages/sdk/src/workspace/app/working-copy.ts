import type { AppFile, DraftPatch } from '../../contract/files.ts';
import { pack, packFiles, unpack } from '../packed.ts';
import type { FileChanges } from '../types.ts';

const byPath = (a: AppFile, b: AppFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** What a builder is typing over what the server has; contents are packed. Pure: every act answers a new one. */
export interface WorkingCopy {
  readonly version: number;
  readonly saved: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, string>;
  /** By its path now: the path that a file was saved under, where it was renamed since. Only a hint: what is sent is compared with what is saved. */
  readonly origins: ReadonlyMap<string, string>;
}

export const openCopy = (version: number, files: readonly AppFile[]): WorkingCopy => {
  const saved = packFiles(files);
  return { version, saved, files: saved, origins: new Map() };
};

export const putFile = (copy: WorkingCopy, path: string, content: string): WorkingCopy => ({ ...copy, files: new Map(copy.files).set(path, content) });

export function removeFile(copy: WorkingCopy, path: string): WorkingCopy {
  const files = new Map(copy.files);
  files.delete(path);
  return { ...copy, files };
}

export const replaceFiles = (copy: WorkingCopy, files: readonly AppFile[]): WorkingCopy => ({ ...copy, files: packFiles(files), origins: new Map() });

export function renameFile(copy: WorkingCopy, from: string, to: string): WorkingCopy {
  const content = copy.files.get(from);
  if (content === undefined || from === to) return copy;
  const origins = new Map(copy.origins).set(to, copy.saved.has(from) ? from : copy.origins.get(from) ?? from);
  origins.delete(from);
  return { ...putFile(removeFile(copy, from), to, content), origins };
}

const isAt = (path: string, name: string): boolean => path === name || path.startsWith(`${name}/`);

/** Moves, removals and files to write, in this order, of files and of folders. What is not there is neither moved nor removed. */
export function changeFiles(copy: WorkingCopy, { move = [], remove = [], put = [] }: FileChanges): WorkingCopy {
  let changed = copy;
  for (const { from, to } of move) for (const path of [...changed.files.keys()].filter((one) => isAt(one, from))) changed = renameFile(changed, path, to + path.slice(from.length));
  for (const path of [...changed.files.keys()].filter((one) => remove.some((name) => isAt(one, name)))) changed = removeFile(changed, path);
  for (const file of put) if (changed.files.get(file.path) !== pack(file)) changed = putFile(changed, file.path, pack(file));
  return changed;
}

const toFiles = (files: ReadonlyMap<string, string>): AppFile[] => [...files].map(([path, packed]) => unpack(path, packed)).toSorted(byPath);
export const filesOf = (copy: WorkingCopy): AppFile[] => toFiles(copy.files);
export const savedFilesOf = (copy: WorkingCopy): AppFile[] => toFiles(copy.saved);

export const isSame = (files: readonly AppFile[], texts: ReadonlyMap<string, string>): boolean => files.length === texts.size && files.every((file) => texts.get(file.path) === pack(file));

/** Paths whose text differs from what is saved, removed ones included. */
export function dirtyPathsOf({ saved, files }: WorkingCopy): ReadonlySet<string> {
  const dirty = new Set<string>();
  for (const [path, content] of files) if (saved.get(path) !== content) dirty.add(path);
  for (const path of saved.keys()) if (!files.has(path)) dirty.add(path);
  return dirty;
}

/** What turns the saved files into the working copy: what was renamed moves, and is sent only where its text has changed too. */
export function patchOf({ saved, files, origins }: WorkingCopy): DraftPatch {
  const moved = new Map<string, string>();
  for (const [to, from] of origins) if (files.has(to) && !saved.has(to) && saved.has(from) && !files.has(from) && ![...moved.values()].includes(from)) moved.set(to, from);
  const gone = new Set(moved.values());
  return {
    move: [...moved].map(([to, from]) => ({ from, to })),
    remove: [...saved.keys()].filter((path) => !files.has(path) && !gone.has(path)),
    put: [...files].filter(([path, content]) => saved.get(moved.get(path) ?? path) !== content).map(([path, packed]) => unpack(path, packed)),
  };
}

/** The server has `sent` now as `version`; what was typed since stays, and stays dirty. */
export const markSaved = (copy: WorkingCopy, sent: ReadonlyMap<string, string>, version: number): WorkingCopy => ({ ...copy, version, saved: sent, origins: new Map() });
