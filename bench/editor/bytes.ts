import { budgets, findEntries, laterBudgets, measureEntry } from '../../packages/components/test/entry-sizes.ts';
import type { Figures } from '../parts/row.ts';

/** Entry of the build to the end of its row's id: `define/editor` is `editor.bytes.editor`. */
export const byteRows: ReadonlyMap<string, string> = new Map(Object.keys(budgets).map((entry) => [entry, entry.replace('define/', '')]));

/** What a page loads before an entry can draw anything; counted, so that once says it. */
export async function measureBytes(entry: string): Promise<Figures> {
  const { first } = await measureEntry(findEntry(entry));
  return { ours: [first], peers: [budgets[entry]!] };
}

/** What the editor loads when it is needed. */
export async function measureLaterBytes(): Promise<Figures> {
  const { later } = await measureEntry(findEntry('define/editor'));
  return { ours: [later], peers: [laterBudgets['define/editor']!] };
}

function findEntry(name: string): string {
  const path = findEntries().get(name);
  if (path === undefined) throw new Error(`the build has no ${name}`);
  return path;
}
