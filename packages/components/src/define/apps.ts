import '../lit-check.ts';
import { FapiApps } from '../elements/apps/apps.ts';
import { define } from '../registry.ts';

define('fapi-apps', FapiApps);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
