/** The lazy half of the conflict view. */
export { createPanes, sides } from './panes.ts';
export type { Panes, PanesFile, PanesOptions, PanesWords, Side } from './panes.ts';
export type { Choice, Place } from './places.ts';
