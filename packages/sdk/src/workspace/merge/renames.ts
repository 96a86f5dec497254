import { linesOf } from './line-changes.ts';

type Texts = ReadonlyMap<string, string>;

/** Of two texts, how many of their lines are in both: from here on one is taken for the other under a new name. */
const likeness = 0.6;
/** More files that came and went than this are only compared whole. */
const comparedMax = 40;

/** By their path in `base`: the new paths of files that a side has moved. Nobody says so, so it is told by what is in them; one that is blank is like every other. */
export function findRenames(base: Texts, side: Texts): ReadonlyMap<string, string> {
  const gone = [...base].filter(([path, text]) => !side.has(path) && text.trim() !== '');
  const come = new Map([...side].filter(([path, text]) => !base.has(path) && text.trim() !== ''));
  const renames = new Map<string, string>();
  for (const isSame of [(a: string, b: string) => a === b, isAlike]) {
    if (isSame === isAlike && gone.length * come.size > comparedMax ** 2) break;
    for (const [from, text] of gone) {
      if (renames.has(from)) continue;
      const [only, another] = [...come].filter(([, other]) => isSame(text, other));
      if (!only || another) continue;
      renames.set(from, only[0]);
      come.delete(only[0]);
    }
  }
  return renames;
}

function isAlike(a: string, b: string): boolean {
  const [left, right] = [linesOf(a), linesOf(b)];
  const counts = new Map<string, number>();
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1);
  let common = 0;
  for (const line of right) {
    const count = counts.get(line) ?? 0;
    if (count === 0) continue;
    counts.set(line, count - 1);
    common += 1;
  }
  return common >= 3 && (2 * common) / (left.length + right.length) >= likeness;
}
