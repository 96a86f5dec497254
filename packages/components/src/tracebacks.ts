/** Python's own import system, which says nothing about whose import failed. */
const noise = /^ *(?:\| +)?File "(?:<frozen importlib[^"]*>|(?:[^"]*\/)?importlib\/__init__\.py)", line \d+/;
/** A line of code of the frame before it, or marks under one. */
const partOfFrame = /^ *(?:\| +)? {4}(?!File ")/;

/** Runs of lines: those of frames that nobody wants to read, folded, between all others. */
export interface TracebackRun<T> { readonly isFolded: boolean; readonly lines: readonly T[] }

/** Parts lines of output at the frames of the import system. */
export function foldFrames<T>(lines: readonly T[], textOf: (line: T) => string): TracebackRun<T>[] {
  const runs: { isFolded: boolean; lines: T[] }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    const isFolded = noise.test(textOf(line)) || (last?.isFolded === true && partOfFrame.test(textOf(line)));
    if (last?.isFolded === isFolded) last.lines.push(line);
    else runs.push({ isFolded, lines: [line] });
  }
  return runs;
}
