import type { TreeRow } from './tree-rows.ts';

/** What a key does in a tree: moves to a row, folds or unfolds folders, or chooses the row. */
export type TreeMove = { readonly to: TreeRow | undefined } | { readonly fold: string; readonly isClosed: boolean } | { readonly unfold: readonly string[] } | { readonly chosen: TreeRow };

/** As the ARIA pattern of a tree has it; undefined for a key that means nothing there. From right to left the arrows to the sides change their meaning. */
export function moveOfKey(key: string, rows: readonly TreeRow[], at: number, isRtl: boolean): TreeMove | undefined {
  const row = rows[at];
  if (!row) return undefined;
  const isFolder = row.kind === 'folder';
  switch (key) {
    case 'ArrowDown': return { to: rows[at + 1] };
    case 'ArrowUp': return { to: rows[at - 1] };
    case 'Home': return { to: rows[0] };
    case 'End': return { to: rows.at(-1) };
    case 'Enter': case ' ': return { chosen: row };
    case '*': return { unfold: siblingsOf(rows, row).filter(({ kind }) => kind === 'folder').map(({ path }) => path) };
    case isRtl ? 'ArrowLeft' : 'ArrowRight': return !isFolder ? { to: undefined } : row.isOpen ? { to: rows[at + 1] } : { fold: row.path, isClosed: false };
    case isRtl ? 'ArrowRight' : 'ArrowLeft': return isFolder && row.isOpen ? { fold: row.path, isClosed: true } : { to: rows.find(({ kind, path, level }) => kind === 'folder' && level === row.level - 1 && row.path.startsWith(`${path}/`)) };
    default: return undefined;
  }
}

const siblingsOf = (rows: readonly TreeRow[], { level, path, name }: TreeRow): readonly TreeRow[] => {
  const parent = path.slice(0, path.length - name.length);
  return rows.filter((row) => row.level === level && row.path.startsWith(parent));
};
