import { closeCompletion, completionStatus, selectedCompletion } from '@codemirror/autocomplete';
import { Prec } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';

/** What brings an import with it changes more than the word. */
const hasImport = /^\(import /;

/** Where all of a suggestion is typed already, Enter has nothing to take of it: it closes the list, and is a key like any other. */
function leaveWhole(view: EditorView): boolean {
  const { state } = view;
  const chosen = completionStatus(state) === 'active' ? selectedCompletion(state) : null;
  if (!chosen || hasImport.test(chosen.detail ?? '')) return false;
  const { head } = state.selection.main;
  const typed = /[\p{L}\p{N}_]*$/u.exec(state.sliceDoc(state.doc.lineAt(head).from, head))![0];
  if (typed === (chosen.displayLabel ?? chosen.label)) closeCompletion(view);
  return false;
}

/** Before the keys of the list. */
export const endLine: Extension = Prec.highest(keymap.of([{ key: 'Enter', run: leaveWhole }]));
