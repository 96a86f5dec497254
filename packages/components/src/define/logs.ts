import { attachContextRoot } from '../contexts.ts';
import { FapiLogs } from '../elements/logs/logs.ts';
import { define } from '../registry.ts';

attachContextRoot();
define('fapi-logs', FapiLogs);
