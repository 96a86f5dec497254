import { bracketMatching, foldGutter, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, lineNumbers } from '@codemirror/view';
import { codeHighlighting } from './highlighting.ts';
import { codeTheme } from './theme.ts';
import { typeOver } from './type-over.ts';

/** What every file is shown with, from the first frame on. */
export const sight: Extension = [
  lintGutter(), lineNumbers(), foldGutter({ markerDOM: foldMarker }), highlightActiveLineGutter(), highlightSpecialChars(), drawSelection(),
  EditorState.allowMultipleSelections.of(true), EditorState.tabSize.of(4), indentUnit.of('    '), bracketMatching(), highlightActiveLine(),
  // The scroller has tabindex -1 and axe wants a scrollable region to be reachable by keys.
  EditorView.contentAttributes.of({ tabindex: '0', part: 'content', spellcheck: 'false', translate: 'no', dir: 'ltr' }),
  // From the first key on: the browser's own editing breaks a strict policy.
  typeOver, codeTheme, syntaxHighlighting(codeHighlighting),
];

function foldMarker(isOpen: boolean): HTMLElement {
  const marker = document.createElement('span');
  marker.className = isOpen ? 'cm-fold-open' : 'cm-fold-closed';
  marker.textContent = '›';
  return marker;
}
