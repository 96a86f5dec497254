import { attachContextRoot } from '../contexts.ts';
import { FapiMetrics } from '../elements/metrics/metrics.ts';
import { define } from '../registry.ts';

attachContextRoot();
define('fapi-metrics', FapiMetrics);
