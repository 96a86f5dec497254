import { getIndentUnit } from '@codemirror/language';
import { LSPPlugin } from '@codemirror/lsp-client';
import type { EditorView } from '@codemirror/view';
import { applyAll, snapshotOf } from './edits.ts';
import type { Active } from './language.ts';
import type { LspEdit } from './lsp.ts';
import { say } from './message.ts';

/** Formats the file as ruff has it. */
export async function format(active: Active, view: EditorView): Promise<void> {
  const { client, host: { strings } } = active;
  const plugin = LSPPlugin.get(view);
  if (!plugin) return;
  const asked = snapshotOf(active);
  const edits = await client.ask<LspEdit[]>('textDocument/formatting', { textDocument: { uri: plugin.uri }, options: { tabSize: getIndentUnit(view.state), insertSpaces: true } });
  if (!edits) return say(view, strings.noFormat);
  if (!applyAll(active, new Map([[plugin.uri, edits]]), asked)) say(view, strings.notApplied);
}
