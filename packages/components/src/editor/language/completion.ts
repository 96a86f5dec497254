import { insertCompletionText } from '@codemirror/autocomplete';
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { LSPPlugin } from '@codemirror/lsp-client';
import type { Text } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { Active } from './language.ts';
import type { LspCompletion, LspCompletionList, LspRange } from './lsp.ts';
import { drawMarkup } from './markdown.ts';
import { lspPosition, offsetOf } from './places.ts';

/** By the kind's number, from 1. */
const types = ['text', 'method', 'function', 'class', 'property', 'variable', 'class', 'interface', 'namespace', 'property', 'keyword', 'constant', 'constant', 'keyword'];

/** What the server suggests; what the editor knows by itself where the server cannot say. */
export function completionSource({ client }: Active): CompletionSource {
  return async (context) => {
    const plugin = context.view && LSPPlugin.get(context.view);
    const before = context.state.sliceDoc(context.pos - 1, context.pos);
    const isTrigger = client.triggers('completionProvider').includes(before);
    if (!plugin || !(context.explicit || isTrigger || /[\p{L}_]/u.test(before) || context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*/u))) return null;
    client.sync();
    const params = { textDocument: { uri: plugin.uri }, position: lspPosition(context.state.doc, context.pos), context: isTrigger && !context.explicit ? { triggerKind: 2, triggerCharacter: before } : { triggerKind: 1 } };
    context.addEventListener('abort', () => client.cancelRequest(params));
    const answer = await client.request<unknown, LspCompletionList | readonly LspCompletion[] | null>('textDocument/completion', params).catch(() => undefined);
    if (context.aborted) return null;
    if (answer === undefined) return ownCompletions(context);
    const { items, isIncomplete = false } = answer === null ? { items: [] } : 'items' in answer ? answer : { items: answer };
    if (items.length === 0) return null;
    const word = context.matchBefore(/[\p{L}\p{N}_]*/u);
    const { doc } = context.state;
    const given = rangeOf(items[0]!);
    return {
      from: given ? offsetOf(doc, given.start) : word?.from ?? context.pos,
      options: items.map((item) => toCompletion(item, doc)),
      ...(isIncomplete ? {} : { validFor: /^[\p{L}\p{N}_]*$/u }),
    };
  };
}

const rangeOf = ({ textEdit }: LspCompletion): LspRange | undefined => textEdit?.range ?? textEdit?.insert;

/** Of names that many modules have, these are the ones that an app means. */
const isUsual = /^\(import (fastapi|pydantic)\b/;

function toCompletion(item: LspCompletion, doc: Text): Completion {
  const { label, kind, documentation, sortText, filterText, additionalTextEdits = [] } = item;
  const text = item.textEdit?.newText ?? item.insertText ?? label;
  const edits = additionalTextEdits.map(({ range, newText }) => ({ from: offsetOf(doc, range.start), to: offsetOf(doc, range.end), insert: newText }));
  // `HTTPException (import fastapi)`: what it is imported from is said beside it.
  const [, name = label, origin] = /^(\S+) (\(import .+\))$/.exec(label) ?? [];
  const detail = origin ?? item.detail;
  const type = kind === undefined ? undefined : types[kind - 1];
  return {
    label: filterText ?? name, displayLabel: name,
    ...(type ? { type } : {}), ...(detail ? { detail } : {}), ...(sortText ? { sortText } : {}), ...(isUsual.test(origin ?? '') ? { boost: 1 } : {}),
    apply: (view, _, from, to) => apply(view, text, edits, from, to),
    ...(documentation ? { info: () => drawMarkup(documentation, 'cm-language-docs') } : {}),
  };
}

/** An import that goes with it stands before it; what was typed since does not reach that far. */
function apply(view: EditorView, text: string, edits: readonly { from: number; to: number; insert: string }[], from: number, to: number): void {
  view.dispatch(insertCompletionText(view.state, text, from, to), { changes: edits.filter((edit) => edit.to <= from), sequential: false });
}

async function ownCompletions(context: CompletionContext): Promise<CompletionResult | null> {
  const sources = context.state.languageDataAt<CompletionSource | readonly Completion[]>('autocomplete', context.pos);
  const found = await Promise.all(sources.map(async (source) => (typeof source === 'function' ? source(context) : null)));
  const results = found.filter((result) => result !== null);
  return results[0] ? { ...results[0], options: results.flatMap(({ options }) => options) } : null;
}
