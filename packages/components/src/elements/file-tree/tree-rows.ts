/** One visible line of the tree. */
export interface TreeRow {
  readonly kind: 'folder' | 'file';
  readonly path: string;
  readonly name: string;
  /** 1 at the root. */
  readonly level: number;
  readonly isOpen: boolean;
  /** Among its siblings, from 1. */
  readonly place: number;
  /** How many its siblings are, it included. */
  readonly siblings: number;
}

/** Paths as lines: folders first, then files, each by name; what is inside a closed folder is left out. */
export function treeRows(paths: readonly string[], closed: ReadonlySet<string>, prefix = ''): TreeRow[] {
  const folders = new Map<string, string[]>();
  const files: string[] = [];
  for (const path of paths) {
    const rest = path.slice(prefix.length);
    const slash = rest.indexOf('/');
    if (slash === -1) files.push(path);
    else {
      const folder = prefix + rest.slice(0, slash);
      const inside = folders.get(folder);
      if (inside) inside.push(path);
      else folders.set(folder, [path]);
    }
  }
  const level = prefix.split('/').length;
  const siblings = folders.size + files.length;
  const rows: TreeRow[] = [];
  let place = 0;
  for (const [path, inside] of [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const isOpen = !closed.has(path);
    rows.push({ kind: 'folder', path, name: path.slice(prefix.length), level, isOpen, place: ++place, siblings });
    if (isOpen) rows.push(...treeRows(inside, closed, `${path}/`));
  }
  for (const path of files.toSorted()) rows.push({ kind: 'file', path, name: path.slice(prefix.length), level, isOpen: false, place: ++place, siblings });
  return rows;
}

/** The folder that a row stands for, or stands in; empty for the root. */
export const folderOf = (row: Pick<TreeRow, 'kind' | 'path'>): string => (row.kind === 'folder' ? row.path : parentOf(row.path));

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const within = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
/** The path of what is at `path` once it is called so, in its folder; folders may be named before it, and from a `/` at the beginning all of them. */
export const renamed = (path: string, name: string): string => (name === '' ? '' : name.startsWith('/') ? name.slice(1) : within(parentOf(path), name));
