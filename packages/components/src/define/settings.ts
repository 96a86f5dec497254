import '../lit-check.ts';
import { FapiSettings } from '../elements/settings/settings.ts';
import { define } from '../registry.ts';

define('fapi-settings', FapiSettings);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
