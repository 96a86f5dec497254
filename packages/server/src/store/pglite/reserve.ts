import { statfsSync } from 'node:fs';

/**
 * Two segments of its log, and room for the tables. Postgres outlives a table that cannot grow, but not a log that cannot: in this process a failed checkpoint blocks every later statement,
 * and a log without a next segment ends the engine. So nothing is added when so little is free; the last write above it may still have taken a segment.
 */
export const reserveBytes = 40_000_000;
/** What frees space, or is small and cannot wait, goes on until this much is left: the next segment of the log, with room for the tables. */
export const lastBytes = 20_000_000;
/** Files that can still be made: segments of the log, and tables that grow beyond one. */
const [reserveFiles, lastFiles] = [16, 8];

/** Said first in a transaction that may go below the reserve. To a Postgres of its own it is a setting that nobody reads. */
export const takingReserve = "set local fapi.takes_reserve = 'on'";

/** Why the folder's disk takes no more, in words; undefined while it does. A file system that counts no inodes says that it has none at all. */
export function findShortage(folder: string, which: 'reserve' | 'last' = 'reserve'): string | undefined {
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  const [neededBytes, neededFiles] = which === 'last' ? [lastBytes, lastFiles] : [reserveBytes, reserveFiles];
  const free = bavail * bsize;
  if (free < neededBytes) return `its disk is full: ${Math.floor(free / 1e6)} MB are free, and it needs ${neededBytes / 1e6}; free space there`;
  if (files > 0 && ffree < neededFiles) return `its disk has no inodes left: ${ffree} are free, and it needs ${neededFiles}; delete files there`;
  return undefined;
}
