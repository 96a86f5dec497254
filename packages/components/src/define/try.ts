import '../lit-check.ts';
import { FapiTry } from '../elements/try/try.ts';
import { define } from '../registry.ts';

define('fapi-try', FapiTry);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
