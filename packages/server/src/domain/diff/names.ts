/** Which names came, went, or stand for something else, each list sorted. `describe` gives equal text for what is the same. */
export function compareNames<T>(from: ReadonlyMap<string, T>, to: ReadonlyMap<string, T>, describe: (value: T) => string): { added: string[]; removed: string[]; changed: string[] } {
  const sorted = (names: Iterable<string>, isWanted: (name: string) => boolean): string[] => [...names].filter(isWanted).toSorted();
  return {
    added: sorted(to.keys(), (name) => !from.has(name)),
    removed: sorted(from.keys(), (name) => !to.has(name)),
    changed: sorted(to.keys(), (name) => from.has(name) && describe(from.get(name)!) !== describe(to.get(name)!)),
  };
}
