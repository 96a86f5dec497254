import './code.ts';
import './conflict.ts';
import './file-tree.ts';
import './find.ts';
import { FapiEditor } from '../elements/editor/editor.ts';
import { define } from '../registry.ts';

define('fapi-editor', FapiEditor);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
