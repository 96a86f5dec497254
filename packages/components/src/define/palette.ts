import '../lit-check.ts';
import { FapiPalette } from '../elements/builder/palette.ts';
import { define } from '../registry.ts';

define('fapi-palette', FapiPalette);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
