import { statfsSync } from 'node:fs';

/**
 * How far a disk may fill. Postgres outlives a table that cannot grow, but not a log that cannot: in this process a failed checkpoint blocks every later statement,
 * and a log without a next segment ends the engine. So nothing is added below `all`; `urgent` is for what is small and cannot wait, as often as anybody asks for it,
 * and `last` for what frees space or keeps somebody out. Each leaves to the next a segment of the log (16 MB), which the last write above it may have taken, and room for the tables.
 * Files are those that can still be made: segments of the log, and tables that grow beyond one.
 */
const floors = { all: { bytes: 60_000_000, files: 16 }, urgent: { bytes: 40_000_000, files: 12 }, last: { bytes: 20_000_000, files: 8 } } as const;

/** Why the folder's disk takes no more, in words; undefined while it does. A file system that counts no inodes says that it has none at all. */
export function findShortage(folder: string, which: keyof typeof floors = 'all'): string | undefined {
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  const needed = floors[which];
  const free = bavail * bsize;
  if (free < needed.bytes) return `its disk is full: ${Math.floor(free / 1e6)} MB are free, and it needs ${needed.bytes / 1e6}; free space there`;
  if (files > 0 && ffree < needed.files) return `its disk has no inodes left: ${ffree} are free, and it needs ${needed.files}; delete files there`;
  return undefined;
}
