import { autocompletion, insertCompletionText } from '@codemirror/autocomplete';
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { LSPPlugin } from '@codemirror/lsp-client';
import type { Extension, Text } from '@codemirror/state';
import { ViewPlugin } from '@codemirror/view';
import type { EditorView } from '@codemirror/view';
import { endLine } from '../end-line.ts';
import type { Active } from './language.ts';
import type { LspCompletion, LspCompletionList, LspMarkup, LspRange } from './lsp.ts';
import { drawMarkup } from './markdown.ts';
import { lspPosition, offsetOf } from './places.ts';

/** By the kind's number, from 1. */
const types = ['text', 'method', 'function', 'class', 'property', 'variable', 'class', 'interface', 'namespace', 'property', 'keyword', 'constant', 'constant', 'keyword'];

/** Of what stands beside a name, in UTF-16 units. More is never seen in the width of the list; laid out, it would be with each letter. */
const detailMost = 160;

/** After a key: at once. The library's own 100 ms are a third of what a person takes for at once. */
const askAfterMs = 0;

type Answer = LspCompletionList | readonly LspCompletion[] | null | undefined;
/** What was asked about a place of a text; undefined is what the server could not say. */
interface Asked { readonly doc: Text; readonly pos: number; readonly params: object; readonly answer: Promise<Answer> }

/** What the server suggests while somebody types; what the editor knows by itself where the server cannot say. */
export function completion({ client }: Active): Extension {
  let ahead: Asked | undefined;
  const docsOf = createDocs();
  const triggerAt = ({ state, pos }: Pick<CompletionContext, 'state' | 'pos'>): string | undefined => client.triggers('completionProvider').find((trigger) => trigger === state.sliceDoc(pos - 1, pos));
  const ask = ({ uri }: LSPPlugin, doc: Text, pos: number, trigger: string | undefined): Asked => {
    client.sync();
    const params = { textDocument: { uri }, position: lspPosition(doc, pos), context: trigger === undefined ? { triggerKind: 1 } : { triggerKind: 2, triggerCharacter: trigger } };
    return { doc, pos, params, answer: client.request<object, Answer>('textDocument/completion', params).catch(() => undefined) };
  };
  // A browser draws a key before any timer, also one of no time: what is sure to be asked then is on its way meanwhile, from before the view draws its lines.
  const askAhead = ViewPlugin.define(() => ({
    update({ view, state, transactions }) {
      const pos = state.selection.main.head;
      const trigger = transactions.some((transaction) => transaction.isUserEvent('input.type')) ? triggerAt({ state, pos }) : undefined;
      const plugin = trigger === undefined ? null : LSPPlugin.get(view);
      if (plugin) ahead = ask(plugin, state.doc, pos, trigger);
    },
  }));
  const source: CompletionSource = async (context) => {
    const { pos, explicit } = context;
    const { doc } = context.state;
    const plugin = context.view && LSPPlugin.get(context.view);
    const trigger = triggerAt(context);
    if (!plugin || !(explicit || trigger !== undefined || context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*/u))) return null;
    const asked = !explicit && ahead?.doc === doc && ahead.pos === pos ? ahead : ask(plugin, doc, pos, explicit ? undefined : trigger);
    ahead = undefined;
    context.addEventListener('abort', () => client.cancelRequest(asked.params));
    const answer = await asked.answer;
    if (context.aborted) return null;
    if (answer === undefined) return ownCompletions(context);
    const { items, isIncomplete = false } = answer === null ? { items: [] } : 'items' in answer ? answer : { items: answer };
    if (items.length === 0) return null;
    const word = context.matchBefore(/[\p{L}\p{N}_]*/u);
    const given = rangeOf(items[0]!);
    const from = given ? offsetOf(doc, given.start) : word?.from ?? pos;
    const isMember = doc.sliceString(from - 1, from) === '.';
    return {
      from,
      options: items.map((item) => toCompletion(item, doc, isMember, docsOf)),
      ...(isIncomplete ? {} : { validFor: /^[\p{L}\p{N}_]*$/u }),
    };
  };
  return [endLine, autocompletion({ override: [source], activateOnTypingDelay: askAfterMs }), askAhead];
}

const rangeOf = ({ textEdit }: LspCompletion): LspRange | undefined => textEdit?.range ?? textEdit?.insert;

/** Of names that many modules have, these are the ones that an app means. */
const isUsual = /^\(import (fastapi|pydantic)\b/;
/** Of what a value has, its fields are its own before anything else is: a model brings two dozen methods. */
const isField = (name: string, kind: number | undefined): boolean => kind !== undefined && types[kind - 1] !== 'method' && types[kind - 1] !== 'function' && !/^(_|model_)/.test(name);

function toCompletion(item: LspCompletion, doc: Text, isMember: boolean, docsOf: DrawDocs): Completion {
  const { label, kind, documentation, sortText, filterText, additionalTextEdits = [] } = item;
  const text = item.textEdit?.newText ?? item.insertText ?? label;
  const edits = additionalTextEdits.map(({ range, newText }) => ({ from: offsetOf(doc, range.start), to: offsetOf(doc, range.end), insert: newText }));
  // `HTTPException (import fastapi)`: what it is imported from is said beside it.
  const [, name = label, origin] = /^(\S+) (\(import .+\))$/.exec(label) ?? [];
  const detail = origin ?? item.detail;
  const type = kind === undefined ? undefined : types[kind - 1];
  return {
    label: filterText ?? name, displayLabel: name,
    ...(type ? { type } : {}), ...(detail ? { detail: detail.slice(0, detailMost) } : {}), ...(sortText ? { sortText } : {}), ...(isUsual.test(origin ?? '') || (isMember && isField(name, kind)) ? { boost: 1 } : {}),
    apply: (view, _, from, to) => apply(view, text, edits, from, to),
    ...(documentation ? { info: () => docsOf(documentation) } : {}),
  };
}

type DrawDocs = (documentation: string | LspMarkup) => HTMLElement;

/** While a name is typed, each answer has the same suggestion first: what is written of it is read and drawn once. */
function createDocs(): DrawDocs {
  let drawn: { readonly text: string; readonly docs: HTMLElement } | undefined;
  return (documentation) => {
    const text = JSON.stringify(documentation);
    if (drawn?.text !== text) drawn = { text, docs: drawMarkup(documentation, 'cm-language-docs') };
    return drawn.docs;
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
