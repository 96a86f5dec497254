import { FapiCode } from '../elements/code/code.ts';
import { define } from '../registry.ts';

define('fapi-code', FapiCode);
