import '../lit-check.ts';
import { FapiCode } from '../elements/code/code.ts';
import { define } from '../registry.ts';

define('fapi-code', FapiCode);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
