import '../lit-check.ts';
import { FapiConflict } from '../elements/conflict/conflict.ts';
import { define } from '../registry.ts';

define('fapi-conflict', FapiConflict);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
