/** Between two letters of one name. */
const pauseMs = 700;

/** Finds what is named by the first letters of its name; one letter again and again goes from one to the next. */
export class TypeAhead {
  #typed = '';
  #at = -Infinity;

  /** `atMs` is the time of the key, on any clock that only goes forward. */
  find<T extends { readonly name: string }>(letter: string, rows: readonly T[], from: number, atMs: number): T | undefined {
    this.#typed = atMs - this.#at > pauseMs ? letter : this.#typed + letter;
    this.#at = atMs;
    const wanted = [...this.#typed].every((one) => one === letter) ? letter : this.#typed;
    // While a name is being spelled out, the row that fits already stays.
    const first = wanted.length > 1 ? from : from + 1;
    return [...rows.slice(first), ...rows.slice(0, first)].find(({ name }) => name.toLocaleLowerCase().startsWith(wanted.toLocaleLowerCase()));
  }
}
