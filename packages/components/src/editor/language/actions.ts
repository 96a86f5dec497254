import { LSPPlugin } from '@codemirror/lsp-client';
import type { EditorView } from '@codemirror/view';
import { fixesAtLine } from '../lint.ts';
import { applyAll, snapshotOf } from './edits.ts';
import type { Active } from './language.ts';
import type { LspAction } from './lsp.ts';
import { choose } from './menu.ts';
import type { Choice } from './menu.ts';
import { say } from './message.ts';
import { editsOf, lspPosition } from './places.ts';

/** What can be done at the cursor: our fixes of what is found on its line, then what the servers offer. */
export async function actions(active: Active, view: EditorView): Promise<void> {
  const { client, host: { strings } } = active;
  const plugin = LSPPlugin.get(view);
  if (!plugin) return;
  const { doc, selection: { main } } = view.state;
  const asked = snapshotOf(active);
  const range = { start: lspPosition(doc, main.from), end: lspPosition(doc, main.to) };
  const offered = await client.ask<LspAction[]>('textDocument/codeAction', { textDocument: { uri: plugin.uri }, range, context: { diagnostics: [], triggerKind: 1 } });
  if (view.state.doc !== doc) return;
  const own: Choice[] = fixesAtLine(view).map(({ name, apply }) => ({ word: name, run: apply }));
  const theirs = (offered ?? []).filter(({ title, disabled, edit, data }) => !disabled && (edit !== undefined || data !== undefined) && !own.some(({ word }) => word === title))
    .map((action): Choice => ({ word: action.title, run: () => void make(active, view, action, asked) }));
  const choices = [...own, ...theirs];
  if (choices.length === 0) return say(view, strings.noActions);
  // As without a server: what there is one of is done without a question.
  if (own.length === 1 && theirs.length === 0) return own[0]!.run();
  choose(view, strings.actions, choices);
}

async function make(active: Active, view: EditorView, action: LspAction, asked: ReadonlyMap<string, string>): Promise<void> {
  const { strings } = active.host;
  const edit = action.edit ?? (await active.client.ask<LspAction>('codeAction/resolve', action))?.edit;
  if (!edit) return say(view, strings.noActions);
  if (!applyAll(active, editsOf(edit), asked)) say(view, strings.notApplied);
}
