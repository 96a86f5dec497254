import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, crosshairCursor, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, rectangularSelection } from '@codemirror/view';
import { codeHighlighting } from './highlighting.ts';
import { fixKey } from './lint.ts';
import { codeTheme } from './theme.ts';
import { typeOver } from './type-over.ts';

// Deploys, in fapi-editor: CodeMirror's "insert blank line" must not take it.
const ownKey = 'Mod-Enter';

/** What every file is edited with. */
export const baseExtensions: Extension = [
  lintGutter(), lineNumbers(), foldGutter({ markerDOM: foldMarker }), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(), dropCursor(),
  EditorState.allowMultipleSelections.of(true), EditorState.tabSize.of(4), indentUnit.of('    '), indentOnInput(), bracketMatching(), closeBrackets(), autocompletion({ icons: false }),
  rectangularSelection(), crosshairCursor(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }),
  fixKey, typeOver,
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab].filter(({ key }) => key !== ownKey)),
  // The scroller has tabindex -1 and axe wants a scrollable region to be reachable by keys.
  EditorView.contentAttributes.of({ tabindex: '0', part: 'content', spellcheck: 'false', translate: 'no', dir: 'ltr' }),
  codeTheme, syntaxHighlighting(codeHighlighting),
];

function foldMarker(isOpen: boolean): HTMLElement {
  const marker = document.createElement('span');
  marker.className = isOpen ? 'cm-fold-open' : 'cm-fold-closed';
  marker.textContent = '›';
  return marker;
}
