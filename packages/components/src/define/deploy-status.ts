import '../lit-check.ts';
import { FapiDeployStatus } from '../elements/deploy-status/deploy-status.ts';
import { define } from '../registry.ts';

define('fapi-deploy-status', FapiDeployStatus);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
