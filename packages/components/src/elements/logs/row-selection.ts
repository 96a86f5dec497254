import type { ReactiveElement } from 'lit';
import type { Row } from './rows.ts';

/** The row that is chosen, and the one that the selection began with: by their keys, for rows come and go around them. */
export class RowSelection {
  readonly #host: ReactiveElement;
  readonly #rows: () => readonly Row[];
  #current: string | undefined;
  #from: string | undefined;

  constructor(host: ReactiveElement, rows: () => readonly Row[]) {
    [this.#host, this.#rows] = [host, rows];
  }

  /** Of the row that is chosen. */
  get key(): string | undefined { return this.#current; }
  /** Where it stands; -1 while none is chosen, or it is shown no more. */
  get index(): number { return this.indexOf(this.#current); }

  /** The rows that are selected, from and to; none while none is chosen. */
  get range(): readonly [first: number, last: number] {
    const { index } = this;
    const from = this.indexOf(this.#from);
    return index === -1 ? [0, -1] : [Math.min(index, from === -1 ? index : from), Math.max(index, from)];
  }

  get rows(): readonly Row[] {
    const [first, last] = this.range;
    return this.#rows().slice(first, last + 1);
  }

  indexOf(key: string | undefined): number { return key === undefined ? -1 : this.#rows().findIndex((row) => row.key === key); }

  /** One row; the selection grows to it, or begins with it. */
  choose(key: string, isExtending = false): void {
    this.#set(key, isExtending ? this.#from ?? this.#current ?? key : key);
  }

  chooseAll(): void { this.#set(this.#rows().at(-1)?.key, this.#rows()[0]?.key); }

  /** False where there was nothing to leave. */
  leave(): boolean {
    const wasChosen = this.#current !== undefined;
    this.#set(undefined, undefined);
    return wasChosen;
  }

  #set(current: string | undefined, from: string | undefined): void {
    [this.#current, this.#from] = [current, from];
    this.#host.requestUpdate();
  }
}
