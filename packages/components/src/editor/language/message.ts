import { StateEffect, StateField } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap, showTooltip } from '@codemirror/view';
import type { Tooltip } from '@codemirror/view';

const setMessage = StateEffect.define<Tooltip | null>();

const message = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMessage)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});

/** A sentence at the cursor that goes with the next key: what a command has not found, or could not do. */
export const messages: Extension = [
  message,
  keymap.of([{ key: 'Escape', run: (view) => view.state.field(message) !== null && (view.dispatch({ effects: setMessage.of(null) }), true) }]),
];

export function say(view: EditorView, words: string): void {
  if (view.state.field(message, false) === undefined) return;
  const create = (): { dom: HTMLElement } => {
    const dom = document.createElement('div');
    dom.className = 'cm-language-message';
    dom.textContent = words;
    return { dom };
  };
  view.dispatch({ effects: [setMessage.of({ pos: view.state.selection.main.head, above: true, create }), EditorView.announce.of(words)] });
}
