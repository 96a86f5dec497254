import { attachContextRoot } from '../contexts.ts';
import { FapiCode } from '../elements/code/code.ts';
import { define } from '../registry.ts';

attachContextRoot();
define('fapi-code', FapiCode);
