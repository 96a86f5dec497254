import { LSPPlugin } from '@codemirror/lsp-client';
import { StateEffect, StateField } from '@codemirror/state';
import type { Extension, Text } from '@codemirror/state';
import { hoverTooltip, showTooltip } from '@codemirror/view';
import type { EditorView, Tooltip } from '@codemirror/view';
import type { Active } from './language.ts';
import type { LspHoverContents, LspRange } from './lsp.ts';
import { drawMarkup } from './markdown.ts';
import { say } from './message.ts';
import { lspPosition, offsetOf } from './places.ts';

interface Hover { readonly contents: LspHoverContents; readonly range?: LspRange }

const setAsked = StateEffect.define<Tooltip | null>();

/** What was asked for by keys; gone with the first change of the text or the cursor. */
const asked = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setAsked)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});

/** What a name is, under the pointer, or at the cursor when `showHover` asks. */
export function hover(active: Active): Extension {
  const underPointer = hoverTooltip(async (view, at) => {
    const { doc } = view.state;
    const found = await readHover(active, view, at);
    if (!found || view.state.doc !== doc) return null;
    return { ...span(doc, at, found), above: true, create: () => ({ dom: drawMarkup(found.contents, 'cm-language-hover cm-language-docs') }) };
  }, { hideOn: (transaction) => transaction.docChanged });
  return [underPointer, asked];
}

/** Shows it at the cursor with the focus in it, so that keys scroll it and a screen reader says it; Escape and leaving it close. */
export async function showHover(active: Active, view: EditorView): Promise<void> {
  const { doc, selection } = view.state;
  const at = selection.main.head;
  // A cursor behind the last letter of a name is still at it.
  const found = await readHover(active, view, at) ?? (/\w/.test(doc.sliceString(at - 1, at)) ? await readHover(active, view, at - 1) : null);
  if (view.state.doc !== doc || !view.state.selection.eq(selection)) return;
  const { strings } = active.host;
  if (!found) return say(view, strings.noHover);
  view.dispatch({ effects: setAsked.of({ ...span(doc, at, found), above: true, create: () => drawAsked(view, found, strings.showHover) }) });
}

const readHover = async ({ client }: Active, view: EditorView, at: number): Promise<Hover | null> => {
  const uri = LSPPlugin.get(view)?.uri;
  return uri === undefined ? null : client.ask<Hover>('textDocument/hover', { textDocument: { uri }, position: lspPosition(view.state.doc, at) });
};
const span = (doc: Text, at: number, { range }: Hover): { pos: number; end: number } => (range ? { pos: offsetOf(doc, range.start), end: offsetOf(doc, range.end) } : { pos: at, end: at });

function drawAsked(view: EditorView, { contents }: Hover, label: string): { dom: HTMLElement; mount: () => void } {
  const text = drawMarkup(contents, 'cm-language-hover cm-language-docs');
  text.id = 'language-hover';
  const dom = document.createElement('div');
  dom.role = 'dialog';
  dom.ariaLabel = label;
  dom.setAttribute('aria-describedby', text.id);
  dom.append(text);
  const close = (): void => {
    if (view.state.field(asked, false)) view.dispatch({ effects: setAsked.of(null) });
  };
  dom.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
    view.focus();
  });
  dom.addEventListener('focusout', (event) => { if (!dom.contains(event.relatedTarget as Node | null)) close(); });
  return { dom, mount: () => text.focus() };
}
