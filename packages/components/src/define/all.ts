import './provider.ts';
import './code.ts';
import './apps.ts';
import './builder.ts';
import './deploy-status.ts';
import { loadStrings, registerStringsLater } from '../catalogues.ts';
import { loadElements } from '../registry.ts';

registerStringsLater('de', async () => (await import('../german.ts')).german);
if (typeof document !== 'undefined') {
  void loadStrings(document.documentElement.lang);
  loadElements();
}

/** Tags and events for TypeScript. */
export type * from '../index.ts';
