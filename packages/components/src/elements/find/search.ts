import type { AppFile } from '@fapi/sdk/contract';
import { lineMax, type Match, type Matcher } from './matcher.ts';

/** A place in a file. `line` counts from 1. */
export interface FoundPlace { readonly line: number; readonly text: string; readonly match: Match }
export interface FoundFile { readonly path: string; readonly places: readonly FoundPlace[] }
export interface Found {
  readonly files: readonly FoundFile[];
  readonly count: number;
  /** There are more: it was stopped at `placesMax`. */
  readonly isCut: boolean;
  /** Lines that were searched at their beginning only. */
  readonly longLines: number;
}

const placesMax = 10_000;
/** Of one go; then the page may draw and hear its keys. */
const sliceMs = 8;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Looks through files line by line, with pauses for the page. Undefined when the signal fired. */
export async function searchFiles(files: readonly AppFile[], matcher: Matcher, signal: AbortSignal): Promise<Found | undefined> {
  const found: FoundFile[] = [];
  let [count, longLines, sliceEnd] = [0, 0, performance.now() + sliceMs];
  for (const { path, content, encoding } of files) {
    if (encoding) continue;
    const places: FoundPlace[] = [];
    let line = 0;
    if (performance.now() > sliceEnd) {
      await turn();
      if (signal.aborted) return undefined;
      sliceEnd = performance.now() + sliceMs;
    }
    for (const { text } of matcher.mayFind(content) ? linesOf(content) : []) {
      line += 1;
      if (text.length > lineMax) longLines += 1;
      for (const match of matcher.find(text)) places.push({ line, text, match });
      if (performance.now() > sliceEnd) {
        await turn();
        if (signal.aborted) return undefined;
        sliceEnd = performance.now() + sliceMs;
      }
      if (count + places.length >= placesMax) break;
    }
    if (places.length > 0) found.push({ path, places });
    count += places.length;
    if (count >= placesMax) return { files: found, count, isCut: true, longLines };
  }
  return { files: found, count, isCut: false, longLines };
}

/** Undefined while there is time left of this go; else a turn of the page, and then there is again. */
export function createPace(): () => Promise<void> | undefined {
  let end = performance.now() + sliceMs;
  return () => (performance.now() > end ? turn().then(() => { end = performance.now() + sliceMs; }) : undefined);
}

/** A text with all its places replaced, and how many they were; with pauses for the page. Ends of lines stay what they are. */
export async function replaceIn(content: string, matcher: Matcher, replacement: string, pace = createPace()): Promise<{ content: string; places: number }> {
  if (!matcher.mayFind(content)) return { content, places: 0 };
  let [made, places] = ['', 0];
  for (const { text, end } of linesOf(content)) {
    let at = 0;
    for (const match of matcher.find(text)) {
      made += text.slice(at, match.from) + matcher.replace(text, match, replacement);
      at = match.to;
      places += 1;
    }
    made += text.slice(at) + end;
    const pause = pace();
    if (pause) await pause;
  }
  return { content: made, places };
}

function* linesOf(content: string): Generator<{ text: string; end: string }> {
  for (let from = 0; from <= content.length; ) {
    const at = content.indexOf('\n', from);
    const to = at === -1 ? content.length : at > from && content[at - 1] === '\r' ? at - 1 : at;
    yield { text: content.slice(from, to), end: at === -1 ? '' : content.slice(to, at + 1) };
    if (at === -1) return;
    from = at + 1;
  }
}
