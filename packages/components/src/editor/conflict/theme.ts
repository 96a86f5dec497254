import { EditorView } from '@codemirror/view';

/** Places stand out by their ground and an edge; the one that the buttons are about, by a strong edge. */
export const conflictTheme = EditorView.theme({
  '.cm-line.cm-place': { backgroundColor: 'var(--_working-soft)', boxShadow: 'inset 3px 0 var(--_line-control)' },
  '.cm-line.cm-place-done': { backgroundColor: 'var(--_code-line)' },
  '.cm-line.cm-place-now': { boxShadow: 'inset 3px 0 var(--_accent)' },
  '.cm-gap': { height: '4px', backgroundColor: 'var(--_working-soft)', boxShadow: 'inset 3px 0 var(--_line-control)' },
  '.cm-word': { backgroundColor: 'var(--_code-match)', borderRadius: '2px' },
});
