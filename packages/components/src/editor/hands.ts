import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus, startCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
import { foldKeymap, indentOnInput } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { EditorState, Extension } from '@codemirror/state';
import { EditorView, type KeyBinding, crosshairCursor, dropCursor, keymap, rectangularSelection } from '@codemirror/view';
import { shortcutKey } from '../controllers/shortcut-key.ts';
import { endLine } from './end-line.ts';
import { handsTheme } from './hands-theme.ts';
import { fixKey } from './lint.ts';
import { replaceKey, searchPanel } from './search/panel.ts';
import { searchTheme } from './search/theme.ts';

// Deploys, in fapi-editor: CodeMirror's "insert blank line" must not take it.
const ownKey = 'Mod-Enter';
// Finds in the project, in fapi-editor: CodeMirror may take it for the key of the file's own search.
const ownChord: KeyBinding = { any: (_, event) => event.shiftKey && (event.ctrlKey || event.metaKey) && shortcutKey(event) === 'f' };

/** Of what is suggested: the list is drawn anew at each letter, and ten of it are in sight. Arrows go on to the rest. */
const maxRenderedOptions = 20;

/** What answers keys and the pointer. Nothing of it is seen before somebody uses it, so it comes when the code has been drawn. */
export const hands: Extension = [
  history(), dropCursor(), indentOnInput(), closeBrackets(), endLine, autocompletion({ icons: false, maxRenderedOptions }), rectangularSelection(), crosshairCursor(), highlightSelectionMatches(), search({ top: true, createPanel: searchPanel }), searchTheme,
  handsTheme, fixKey, EditorView.contentAttributes.of({ 'aria-autocomplete': 'list' }),
  keymap.of([ownChord, replaceKey, ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab].filter(({ key }) => key !== ownKey)),
];

/** Something is suggested, or asked for. */
export const isSuggesting = (state: EditorState): boolean => completionStatus(state) !== null;

/** Asks for suggestions at the cursor. */
export const suggest = startCompletion;

/** Marks a change as a step of undo by itself. */
export const ownStep = isolateHistory.of('full');
