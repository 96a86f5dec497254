/** The lazy half of fapi-code: the only door to CodeMirror. */
export { createCodeEditor } from './code-editor.ts';
export type { Extension } from '@codemirror/state';
export type { EditorView } from '@codemirror/view';
export type { FileEdit } from './language/types.ts';
export type { KeptStates } from './kept-states.ts';
export type { CodeEditor, CodeEditorOptions } from './code-editor.ts';
