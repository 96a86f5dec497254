/* global document, window, Worker */
// As a portal that minds its size would take Monaco: its API, what an editor of code needs of its features, and one language. `import 'monaco-editor'` brings half as much again.
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codeEditor/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/suggest/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import 'monaco-editor/languages/definitions/python/register';
import * as monaco from 'monaco-editor/editor/editor.api';

window.MonacoEnvironment = { getWorker: () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }) };
monaco.editor.create(document.querySelector('#place'), { value: document.querySelector('#text').textContent, language: 'python', automaticLayout: true });
