import '../lit-check.ts';
import { FapiFileTree } from '../elements/file-tree/file-tree.ts';
import { define } from '../registry.ts';

define('fapi-file-tree', FapiFileTree);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
