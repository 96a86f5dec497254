import '../lit-check.ts';
import './provider.ts';
import './code.ts';
import './builder.ts';
import { loadStrings, registerStringsLater } from '../catalogues.ts';
import { editorTried } from '../editor/load-editor.ts';
import { defineLater, loadElements } from '../registry.ts';

// At once where the page has one.
defineLater('fapi-apps', () => import('../later/apps.ts'));
registerStringsLater('de', async () => (await import('../german.ts')).german);
if (typeof document !== 'undefined') {
  void loadStrings(document.documentElement.lang);
  void loadElements(editorTried);
}

/** Tags and events for TypeScript. */
export type * from '../index.ts';
