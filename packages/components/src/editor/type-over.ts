import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/**
 * Text typed over a selection goes into the document and not through the browser's own editing: Chromium would keep the colour of what it
 * replaces in a `<span style>`, which a strict policy reports as an inline style. What an input method composes stays the browser's.
 */
export const typeOver: Extension = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main } = view.state.selection;
    const text = event.data;
    if (event.inputType !== 'insertText' || !text || event.isComposing || view.composing || main.empty || view.state.readOnly) return false;
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
    // Closing brackets, for one, puts a selection between them.
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, main.from, main.to, text, insert))) view.dispatch(insert());
    return true;
  },
});
