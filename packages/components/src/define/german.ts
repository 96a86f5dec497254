import { german } from '../german.ts';
import { registerStrings } from '../catalogues.ts';

registerStrings('de', german);

/** Tags and events for TypeScript. */
export type * from '../index.ts';
