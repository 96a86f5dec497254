import type { EditorView } from '@codemirror/view';
import { LSPPlugin } from '@codemirror/lsp-client';
import { isLibraryPath } from '../../library-path.ts';
import type { Active } from './language.ts';
import type { LspLink, LspLocation } from './lsp.ts';
import { say } from './message.ts';
import { locationsOf, lspPosition, placeOf, toText } from './places.ts';

/** Goes to where the name at the cursor is defined: in another file of the draft, or in the source of a library. */
export async function definition(active: Active, view: EditorView): Promise<void> {
  const { client, host, uris } = active;
  const plugin = LSPPlugin.get(view);
  if (!plugin) return;
  const answer = await client.ask<LspLocation | (LspLocation | LspLink)[]>('textDocument/definition', { textDocument: { uri: plugin.uri }, position: lspPosition(view.state.doc, view.state.selection.main.head) });
  const [found] = locationsOf(answer);
  const path = found && uris.toPath(found.uri);
  if (!found || path === undefined) return say(view, host.strings.noDefinition);
  const text = await readText(active, path);
  if (text === undefined) return say(view, host.strings.noDefinition);
  const place = { path, ...placeOf(toText(text), found.range.start) };
  if (isLibraryPath(path)) host.showLibrary(place, text);
  else host.show(place);
}

/** The text of a file of the draft as it is typed, or of a source of a library. */
export async function readText({ client, host }: Active, path: string): Promise<string | undefined> {
  if (!isLibraryPath(path)) return host.files().find((file) => file.path === path)?.content;
  return (await client.ask<{ text: string }>('fapi/readFile', { uri: path }))?.text;
}
