import '../lit-check.ts';
import { FapiConvert } from '../elements/convert/convert.ts';
import { define } from '../registry.ts';

define('fapi-convert', FapiConvert);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
