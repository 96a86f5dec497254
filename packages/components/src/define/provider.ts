import '../lit-check.ts';
import { FapiProvider } from '../elements/provider/provider.ts';
import { define } from '../registry.ts';

define('fapi-provider', FapiProvider);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
