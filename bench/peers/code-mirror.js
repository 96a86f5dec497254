/* global document, window */
// CodeMirror as its own documentation begins: what everybody gets, and Python.
import { python } from '@codemirror/lang-python';
import { EditorView, basicSetup } from 'codemirror';

window.view = new EditorView({ parent: document.querySelector('#place'), doc: document.querySelector('#text').textContent, extensions: [basicSetup, python()] });
