import '../lit-check.ts';
import './code.ts';
import './file-tree.ts';
import { FapiEditor } from '../elements/editor/editor.ts';
import { define, defineLater } from '../registry.ts';

// These come when they are shown first.
defineLater('fapi-conflict', () => import('../later/conflict.ts'));
defineLater('fapi-convert', () => import('../later/convert.ts'));
defineLater('fapi-find', () => import('../later/find.ts'));
define('fapi-editor', FapiEditor);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
