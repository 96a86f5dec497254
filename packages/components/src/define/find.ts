import '../lit-check.ts';
import { FapiFind } from '../elements/find/find.ts';
import { define } from '../registry.ts';

define('fapi-find', FapiFind);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
