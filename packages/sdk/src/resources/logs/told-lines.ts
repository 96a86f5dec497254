import type { LogLine } from '../../contract/logs.ts';

/** More than one answer of a read holds. */
const remembered = 4_000;

/** Which lines a follower was told. Lines may come late, below others: the highest number says nothing of them. */
export interface ToldLines {
  /** Those of a stream's event that were not told yet; from now on they are. */
  hear(lines: readonly LogLine[]): LogLine[];
  /** Those of a read that were not told yet and are not from before the beginning; from now on they are. The first lines of all say where that is. */
  read(lines: readonly LogLine[]): LogLine[];
}

export function createToldLines(): ToldLines {
  let told = new Set<number>();
  /** What a read brings at or below it is not news. */
  let floor: number | undefined;

  const tell = (lines: readonly LogLine[]): LogLine[] => {
    const seqs = lines.map(({ seq }) => seq);
    const fresh = lines.filter(({ seq }) => !told.has(seq));
    floor ??= Math.max(-1, ...seqs);
    for (const seq of seqs) told.add(seq);
    if (told.size > 2 * remembered) {
      const sorted = [...told].toSorted((a, b) => a - b);
      told = new Set(sorted.slice(-remembered));
      floor = Math.max(floor, sorted.at(-remembered - 1)!);
    }
    return fresh;
  };
  return {
    hear: tell,
    read(lines) {
      const from = floor;
      return tell(from === undefined ? lines : lines.filter(({ seq }) => seq > from));
    },
  };
}
