import '../lit-check.ts';
import { FapiLogs } from '../elements/logs/logs.ts';
import { define } from '../registry.ts';

define('fapi-logs', FapiLogs);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
