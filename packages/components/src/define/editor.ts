import './code.ts';
import './file-tree.ts';
import { FapiEditor } from '../elements/editor/editor.ts';
import { define, defineLater } from '../registry.ts';

// These come when they are shown first.
defineLater('fapi-conflict', () => import('./conflict.ts'));
defineLater('fapi-convert', () => import('./convert.ts'));
defineLater('fapi-find', () => import('./find.ts'));
define('fapi-editor', FapiEditor);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
