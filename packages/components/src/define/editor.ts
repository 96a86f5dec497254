import './code.ts';
import { FapiEditor } from '../elements/editor/editor.ts';
import { FapiFileTree } from '../elements/file-tree/file-tree.ts';
import { define } from '../registry.ts';

define('fapi-file-tree', FapiFileTree);
define('fapi-editor', FapiEditor);
