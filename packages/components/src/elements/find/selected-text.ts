import type { EditorView } from '../../editor/editor.ts';

/** UTF-16 units. More is no name that somebody looks for. */
const lengthMax = 500;

/** What is selected in the code, to be looked for; undefined when that is nothing or goes over the end of a line. */
export function selectedText({ state }: EditorView): string | undefined {
  const { from, to, empty } = state.selection.main;
  if (empty || to - from > lengthMax || to > state.doc.lineAt(from).to) return undefined;
  return state.sliceDoc(from, to);
}
