/** 3 ms, 1.2 s, 2 min 5 s. */
export function toDuration(ms: number): string {
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1).replace(/\.0$/, '') : Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** "1 file", "3 files". */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The first few names, and how many more there are. */
export const listNames = (names: readonly string[], most = 6): string => (names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`);

/** Enough of a digest to tell it from others. */
export const short = (digest: string): string => digest.replace(/^(sha256:)?([0-9a-f]{12}).*$/, '$2');
