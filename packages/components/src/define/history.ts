import '../lit-check.ts';
import { FapiHistory } from '../elements/history/history.ts';
import { define } from '../registry.ts';

define('fapi-history', FapiHistory);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
