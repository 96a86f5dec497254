import type { ReactiveController, ReactiveElement } from 'lit';
import type { Row } from './rows.ts';
import type { WrappedRows } from './wrapped-rows.ts';

/** Rows above and below what is seen, so that a turn of the wheel finds them there. */
const spare = 12;
/** Of the list until it was measured. */
const assumed = { row: 24, height: 480 };

/** Draws of a long list only what is seen: knows which rows that is, keeps the list at its end or at the row that is read. Its rows have one height, unless they wrap. */
export class ListWindow implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #onFollow: (isFollowing: boolean) => void;
  readonly #sizes = new ResizeObserver(() => this.#host.requestUpdate());
  #box: HTMLElement | null = null;
  #rowHeight = assumed.row;
  #height = assumed.height;
  #top = 0;
  /** The row that is read, by the line that it begins with, and how far it is above the upper edge. */
  #anchor: { index: number; seq: number; offset: number } | undefined;
  #rows: readonly Row[] = [];
  #wrapped: WrappedRows | undefined;
  /** Brought into sight by what was known of the rows around it. */
  #revealed: number | undefined;

  constructor(host: ReactiveElement, onFollow: (isFollowing: boolean) => void) {
    this.#host = host;
    this.#onFollow = onFollow;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#sizes.disconnect();
    this.#box = null;
  }

  /** Knows how high rows are that wrap; undefined while none does. */
  set wrapped(wrapped: WrappedRows | undefined) { this.#wrapped = wrapped; }

  /** The rows to draw, from and to. */
  range(rows: readonly Row[], isFollowing: boolean): { from: number; to: number } {
    this.#wrapped?.see(rows, this.#rowHeight);
    const seen = Math.ceil(this.#height / this.#rowHeight);
    const first = isFollowing ? rows.length - seen : this.#indexAt(this.#topOf(rows));
    const from = Math.max(0, Math.min(first, rows.length - seen) - spare);
    return { from, to: Math.min(rows.length, from + seen + 2 * spare + 1) };
  }

  /** After the rows were drawn: gives the list its height and moves it to where it is read. */
  settle(root: ParentNode, rows: readonly Row[], from: number, isFollowing: boolean): void {
    const box = root.querySelector<HTMLElement>('.lines');
    // Whoever has scrolled up is not taken back to the end by lines that come before the browser tells of it.
    const hasLeft = isFollowing && box !== null && box === this.#box && box.scrollTop < this.#top - 1 && !this.#isAtEnd(box);
    if (box !== this.#box) {
      this.#sizes.disconnect();
      this.#box = box;
      if (box) this.#sizes.observe(box);
    }
    if (!box) return;
    const isOther = this.#measure(box);
    const top = this.#topOf(rows);
    // By the object model: a strict policy refuses the attribute.
    const [all, drawn] = [box.querySelector<HTMLElement>('.all')!, box.querySelector<HTMLElement>('.drawn')!];
    all.style.blockSize = `${this.#placeOf(rows.length)}px`;
    drawn.style.insetBlockStart = `${this.#placeOf(from)}px`;
    const revealed = isOther && rows === this.#rows ? this.#revealed : undefined;
    this.#rows = rows;
    const wanted = isFollowing ? Math.max(0, box.scrollHeight - box.clientHeight) : top;
    if (!hasLeft && Math.abs(box.scrollTop - wanted) >= 1) box.scrollTop = wanted;
    this.#see(box);
    if (hasLeft) this.#onFollow(false);
    // Rows before it are higher than they were thought to be.
    this.#revealed = undefined;
    if (revealed !== undefined) this.reveal(revealed);
  }

  /** Brings a row into sight, and a little of what is around it. */
  reveal(index: number): void {
    const box = this.#box;
    if (!box) return;
    const [top, bottom] = [this.#placeOf(index), this.#placeOf(index + 1)];
    this.#revealed = index;
    if (top < box.scrollTop) box.scrollTop = Math.max(0, top - this.#rowHeight);
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom + this.#rowHeight - box.clientHeight;
    this.#see(box);
    this.#host.requestUpdate();
  }

  /** How many rows a page is. */
  get pageRows(): number { return Math.max(1, Math.floor(this.#height / this.#rowHeight) - 1); }

  readonly onScroll = (): void => {
    const box = this.#box;
    if (!box) return;
    const isUp = box.scrollTop < this.#top - 1;
    const isAtEnd = this.#isAtEnd(box);
    this.#see(box);
    if (isAtEnd) this.#onFollow(true);
    else if (isUp) this.#onFollow(false);
    this.#host.requestUpdate();
  };

  #isAtEnd(box: HTMLElement): boolean { return box.scrollHeight - box.scrollTop - box.clientHeight < this.#rowHeight; }

  /** Where the list has to be for the row that is read to stay where it is. Rows before it come and go; where it is gone itself, the next one is read. */
  #topOf(rows: readonly Row[]): number {
    const anchor = this.#anchor;
    if (!anchor) return this.#top;
    const index = rows === this.#rows ? anchor.index : rows.findIndex(({ line }) => line.seq >= anchor.seq);
    return index === -1 ? this.#top : Math.max(0, this.#placeOf(index) + anchor.offset);
  }

  #placeOf(index: number): number { return this.#wrapped?.topOf(index) ?? index * this.#rowHeight; }
  #indexAt(top: number): number { return this.#wrapped?.indexAt(top) ?? Math.floor(top / this.#rowHeight); }

  /** Whether what is drawn has other heights than were known. */
  #measure(box: HTMLElement): boolean {
    this.#height = box.clientHeight || assumed.height;
    const row = this.#wrapped ? this.#rowHeight : box.querySelector<HTMLElement>('.line')?.offsetHeight || assumed.row;
    const isOther = row !== this.#rowHeight || this.#wrapped?.measure(box) === true;
    this.#rowHeight = row;
    if (isOther) this.#host.requestUpdate();
    return isOther;
  }

  #see(box: HTMLElement): void {
    this.#top = box.scrollTop;
    const index = this.#indexAt(this.#top);
    const row = this.#rows[index];
    this.#anchor = row && { index, seq: row.line.seq, offset: this.#top - this.#placeOf(index) };
  }
}
