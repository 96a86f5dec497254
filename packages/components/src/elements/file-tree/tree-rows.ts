/** One visible line of the tree. */
export interface TreeRow {
  readonly kind: 'folder' | 'file';
  readonly path: string;
  readonly name: string;
  /** 1 at the root. */
  readonly level: number;
  readonly isOpen: boolean;
}

/** Paths as lines: folders first, then files, each by name; what is inside a closed folder is left out. */
export function treeRows(paths: readonly string[], closed: ReadonlySet<string>, prefix = ''): TreeRow[] {
  const folders = new Set<string>();
  const files: string[] = [];
  for (const path of paths) {
    if (!path.startsWith(prefix)) continue;
    const rest = path.slice(prefix.length);
    const slash = rest.indexOf('/');
    if (slash === -1) files.push(path);
    else folders.add(rest.slice(0, slash));
  }
  const level = prefix.split('/').length;
  const rows: TreeRow[] = [];
  for (const name of [...folders].toSorted()) {
    const path = `${prefix}${name}`;
    const isOpen = !closed.has(path);
    rows.push({ kind: 'folder', path, name, level, isOpen });
    if (isOpen) rows.push(...treeRows(paths, closed, `${path}/`));
  }
  for (const path of files.toSorted()) rows.push({ kind: 'file', path, name: path.slice(prefix.length), level, isOpen: false });
  return rows;
}
