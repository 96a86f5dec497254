import '../lit-check.ts';
import { FapiMetrics } from '../elements/metrics/metrics.ts';
import { define } from '../registry.ts';

define('fapi-metrics', FapiMetrics);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
