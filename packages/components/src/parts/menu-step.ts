/** Which item of a menu a key goes to, round from one end to the other; undefined for a key that moves nowhere. */
export function menuStep<T>(key: string, items: readonly T[], at: number): T | undefined {
  const next = { ArrowDown: at + 1, ArrowUp: at === -1 ? -1 : at - 1, Home: 0, End: -1 }[key];
  return next === undefined ? undefined : items.at(next % items.length);
}
