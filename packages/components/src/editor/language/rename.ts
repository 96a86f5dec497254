import { LSPPlugin } from '@codemirror/lsp-client';
import { getDialog, showDialog } from '@codemirror/view';
import type { EditorView } from '@codemirror/view';
import { applyAll, snapshotOf } from './edits.ts';
import type { Active } from './language.ts';
import type { LspPosition, LspRange, LspWorkspaceEdit } from './lsp.ts';
import { say } from './message.ts';
import { editsOf, lspPosition, offsetOf } from './places.ts';

const dialogClass = 'cm-language-rename';

/** Asks for another name of what is at the cursor, and gives it everywhere in the draft. */
export async function rename(active: Active, view: EditorView): Promise<void> {
  const { client, host: { strings } } = active;
  const plugin = LSPPlugin.get(view);
  if (!plugin || getDialog(view, dialogClass)) return;
  const params = { textDocument: { uri: plugin.uri }, position: lspPosition(view.state.doc, view.state.selection.main.head) };
  const { doc } = view.state;
  const answer = await client.ask<LspRange | { range: LspRange } | { defaultBehavior: boolean }>('textDocument/prepareRename', params);
  const range = answer && ('range' in answer ? answer.range : 'start' in answer ? answer : undefined);
  if (!range || view.state.doc !== doc) return say(view, strings.noRename);
  const name = doc.sliceString(offsetOf(doc, range.start), offsetOf(doc, range.end));
  const { result } = showDialog(view, { label: strings.newName(name), input: { name: 'name', value: name }, submitLabel: strings.renameAct, focus: 'input', class: dialogClass, top: true });
  const form = await result;
  view.focus();
  const wanted = (form?.elements.namedItem('name') as HTMLInputElement | null)?.value.trim() ?? '';
  if (wanted === '' || wanted === name) return;
  if (view.state.doc !== doc) return say(view, strings.notApplied);
  await give(active, view, params, wanted);
}

async function give(active: Active, view: EditorView, params: { position: LspPosition }, newName: string): Promise<void> {
  const { client, host: { strings } } = active;
  const asked = snapshotOf(active);
  const answer = await client.ask<LspWorkspaceEdit>('textDocument/rename', { ...params, newName });
  if (!answer) return say(view, strings.noRename);
  if (!applyAll(active, editsOf(answer), asked)) say(view, strings.notApplied);
}
