import { ChangeSet } from '@codemirror/state';
import { isLibraryPath } from '../../library-path.ts';
import type { Active } from './language.ts';
import type { LspEdit } from './lsp.ts';
import { offsetOf, toText } from './places.ts';
import type { FileEdit } from './types.ts';

/** The texts that an answer will be about. */
export const snapshotOf = ({ host }: Active): ReadonlyMap<string, string> => new Map(host.files().map(({ path, content }) => [path, content]));

/** Makes all the edits or none: none when one of the files has been changed since `asked`, or is none of the draft. */
export function applyAll(active: Active, edits: ReadonlyMap<string, readonly LspEdit[]>, asked: ReadonlyMap<string, string>): boolean {
  const made = madeOf(active, edits, asked);
  const now = new Map(active.host.files().map(({ path, content }) => [path, content]));
  if (!made || made.some(({ path, before }) => now.get(path) !== before)) return false;
  active.host.edit(made.filter(({ before, after }) => before !== after));
  return true;
}

/** What the edits make of those texts; undefined when one is of a file that is not among them. */
export function madeOf({ uris }: Pick<Active, 'uris'>, edits: ReadonlyMap<string, readonly LspEdit[]>, texts: ReadonlyMap<string, string>): FileEdit[] | undefined {
  const made: FileEdit[] = [];
  for (const [uri, own] of edits) {
    const path = uris.toPath(uri);
    const before = path === undefined || isLibraryPath(path) ? undefined : texts.get(path);
    if (path === undefined || before === undefined) return undefined;
    const doc = toText(before);
    const changes = own.map(({ range, newText }) => ({ from: offsetOf(doc, range.start), to: offsetOf(doc, range.end), insert: newText }));
    made.push({ path, before, changes, after: ChangeSet.of(changes, doc.length).apply(doc).toString() });
  }
  return made;
}
