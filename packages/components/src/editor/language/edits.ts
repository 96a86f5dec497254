import { ChangeSet } from '@codemirror/state';
import { isLibraryPath } from '../../library-path.ts';
import type { Active } from './language.ts';
import type { LspEdit } from './lsp.ts';
import { offsetOf, toText } from './places.ts';
import type { FileEdit } from './types.ts';

/** The texts that an answer will be about. */
export const snapshotOf = ({ host }: Active): ReadonlyMap<string, string> => new Map(host.files().map(({ path, content }) => [path, content]));

/** Makes all the edits or none: none when one of the files has been changed since `asked`, or is none of the draft. */
export function applyAll({ host, uris }: Active, edits: ReadonlyMap<string, readonly LspEdit[]>, asked: ReadonlyMap<string, string>): boolean {
  const now = new Map(host.files().map(({ path, content }) => [path, content]));
  const made: FileEdit[] = [];
  for (const [uri, own] of edits) {
    const path = uris.toPath(uri);
    const before = path === undefined || isLibraryPath(path) ? undefined : now.get(path);
    if (path === undefined || before === undefined || before !== asked.get(path)) return false;
    if (own.length === 0) continue;
    const doc = toText(before);
    const changes = own.map(({ range, newText }) => ({ from: offsetOf(doc, range.start), to: offsetOf(doc, range.end), insert: newText }));
    made.push({ path, before, changes, after: ChangeSet.of(changes, doc.length).apply(doc).toString() });
  }
  host.edit(made.filter(({ before, after }) => before !== after));
  return true;
}
