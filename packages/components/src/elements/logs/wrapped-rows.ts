import type { Row } from './rows.ts';

/** Where rows are that wrap: each is as high as it was when it was drawn, and one that never was counts as one line. */
export class WrappedRows {
  readonly #heights = new Map<string, number>();
  #rows: readonly Row[] = [];
  #lineHeight = 0;
  #width = 0;
  /** Of each row, and of the end of all; undefined when something else is known since. */
  #tops: readonly number[] | undefined;

  see(rows: readonly Row[], lineHeight: number): void {
    if (rows === this.#rows && lineHeight === this.#lineHeight) return;
    [this.#rows, this.#lineHeight, this.#tops] = [rows, lineHeight, undefined];
    // Of lines that are long gone.
    if (this.#heights.size > 2 * rows.length + 1_000) this.#heights.clear();
  }

  /** Takes the heights of what is drawn. True when one is another than was known; in another width nothing is known any more. */
  measure(box: HTMLElement): boolean {
    let isOther = box.clientWidth !== this.#width;
    if (isOther) this.#heights.clear();
    this.#width = box.clientWidth;
    for (const { id, offsetHeight } of box.querySelectorAll<HTMLElement>('.line')) {
      if (this.#heights.get(id) === offsetHeight) continue;
      this.#heights.set(id, offsetHeight);
      isOther = true;
    }
    if (isOther) this.#tops = undefined;
    return isOther;
  }

  topOf(index: number): number { return this.#all[index] ?? this.#all.at(-1)!; }

  /** The row that is there; the last one for what is below all of them. */
  indexAt(top: number): number {
    const tops = this.#all;
    let [low, high] = [0, Math.max(0, this.#rows.length - 1)];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (tops[middle]! <= top) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  get #all(): readonly number[] {
    if (this.#tops) return this.#tops;
    const tops = [0];
    for (const { key } of this.#rows) tops.push(tops.at(-1)! + (this.#heights.get(key) ?? this.#lineHeight));
    return (this.#tops = tops);
  }
}
