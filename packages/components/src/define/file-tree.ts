import { attachContextRoot } from '../contexts.ts';
import { FapiFileTree } from '../elements/file-tree/file-tree.ts';
import { define } from '../registry.ts';

attachContextRoot();
define('fapi-file-tree', FapiFileTree);
