import type { Log } from '../../program/log.ts';

/** A log that nobody reads. */
export const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
