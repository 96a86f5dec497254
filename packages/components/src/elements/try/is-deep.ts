/** Deeper than anybody reads, and than engines write at once: with its indents such a value is written in the square of its depth, half a minute in WebKit. */
const deepest = 200;

export function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
