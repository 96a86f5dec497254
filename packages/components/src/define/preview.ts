import '../lit-check.ts';
import { FapiPreview } from '../elements/preview/preview.ts';
import { define } from '../registry.ts';

define('fapi-preview', FapiPreview);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
