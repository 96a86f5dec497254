/** SHA-256 by path. */
export type Hashes = Readonly<Record<string, string | undefined>>;

export interface Delta { readonly put: readonly string[]; readonly remove: readonly string[] }

/** What makes `from` into `to`, by path. */
export function compare(from: Hashes, to: Hashes): Delta {
  return {
    put: Object.keys(to).filter((path) => from[path] !== to[path]).toSorted(),
    remove: Object.keys(from).filter((path) => to[path] === undefined).toSorted(),
  };
}

export const pathsOf = ({ put, remove }: Delta): string[] => [...put, ...remove].toSorted();

/**
 * What a pull does with one path, by who changed it since the base: `take` writes or removes what the server has, `keep` leaves what is here, `clash` means both changed it, and not into the same.
 */
export type Verdict = 'same' | 'take' | 'keep' | 'clash';

export function judge(base: string | undefined, local: string | undefined, remote: string | undefined): Verdict {
  if (local === remote) return 'same';
  if (local === base) return 'take';
  return remote === base ? 'keep' : 'clash';
}
