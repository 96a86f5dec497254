import type { EditorView } from '@codemirror/view';
import { LSPPlugin } from '@codemirror/lsp-client';
import { isLibraryPath } from '../../library-path.ts';
import { readText } from './definition.ts';
import type { Active } from './language.ts';
import type { LspLocation } from './lsp.ts';
import { say } from './message.ts';
import { lspPosition, placeOf, toText } from './places.ts';
import type { Reference } from './types.ts';

/** More is read by nobody; those of the draft come first. */
const [mostPlaces, mostLibraryFiles] = [200, 10];

/** Lists where the name at the cursor is used. */
export async function references(active: Active, view: EditorView): Promise<void> {
  const { client, host, uris } = active;
  const plugin = LSPPlugin.get(view);
  const { head } = view.state.selection.main;
  const word = view.state.wordAt(head);
  if (!plugin || !word) return say(view, host.strings.noReferences);
  const name = view.state.sliceDoc(word.from, word.to);
  const found = await client.ask<LspLocation[]>('textDocument/references', { textDocument: { uri: plugin.uri }, position: lspPosition(view.state.doc, head), context: { includeDeclaration: true } });
  const located = (found ?? []).flatMap(({ uri, range }) => {
    const path = uris.toPath(uri);
    return path === undefined ? [] : [{ path, range }];
  });
  const paths = [...new Set(located.map(({ path }) => path))].toSorted((a, b) => Number(isLibraryPath(a)) - Number(isLibraryPath(b)) || (a < b ? -1 : 1));
  const [own, library] = [paths.filter((path) => !isLibraryPath(path)), paths.filter(isLibraryPath).slice(0, mostLibraryFiles)];
  const texts = await Promise.all([...own, ...library].map(async (path) => ({ path, text: await readText(active, path) })));
  const places = texts.flatMap(({ path, text }) => {
    if (text === undefined) return [];
    const doc = toText(text);
    return located.filter((one) => one.path === path).map(({ range }): Reference => {
      const line = doc.line(Math.min(range.start.line + 1, doc.lines));
      return { path, ...placeOf(doc, range.start), text: line.text, from: range.start.character, to: range.end.line === range.start.line ? range.end.character : line.text.length };
    }).toSorted((a, b) => a.line - b.line || a.column - b.column);
  });
  if (places.length === 0) return say(view, host.strings.noReferences);
  host.showReferences({ name, places: places.slice(0, mostPlaces) });
}
