import { headLimits, HeadError } from './http-head.ts';
import { cr, lf } from './octets.ts';

const headEnd = Buffer.from('\r\n\r\n', 'latin1');

/** Gathers the bytes of a head that may come in many pieces; linear in their number of bytes, however small the pieces. */
export class HeadCollector {
  /** Everything collected; after a head was found, `chunk.subarray(rest)` is what follows it. */
  chunk: Buffer = empty;
  /** Index of the first byte after the head in `chunk`. */
  rest = 0;
  #size = 0;
  #isOwned = false;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Gives the head with its empty line as latin1 text, or undefined while it is incomplete. Throws `HeadError` when it is too large or has a bare LF. */
  add(bytes: Buffer): string | undefined {
    const searchedTo = Math.max(0, this.#size - 3);
    this.#append(bytes);
    const held = this.#isOwned ? this.chunk.subarray(0, this.#size) : this.chunk;
    const found = held.indexOf(headEnd, searchedTo);
    if (found > headLimits.bytes - 4 || (found < 0 && this.#size > headLimits.bytes)) throw new HeadError(`the head is larger than ${headLimits.bytes} bytes`, 431);
    if (found < 0) {
      refuseBareLineFeed(held, searchedTo);
      return undefined;
    }
    this.chunk = held;
    this.rest = found + 4;
    this.#size = 0;
    this.#isOwned = false;
    return held.toString('latin1', 0, found + 4);
  }

  #append(bytes: Buffer): void {
    if (this.#size === 0) {
      this.chunk = bytes;
      this.#size = bytes.length;
      return;
    }
    const size = this.#size + bytes.length;
    if (!this.#isOwned || size > this.chunk.length) {
      const grown = Buffer.allocUnsafe(Math.max(4096, size * 2));
      this.chunk.copy(grown, 0, 0, this.#size);
      this.chunk = grown;
      this.#isOwned = true;
    }
    bytes.copy(this.chunk, this.#size);
    this.#size = size;
  }
}

const empty = Buffer.alloc(0);

/** A head with bare line feeds might never end for us, while another reader would see it end. */
function refuseBareLineFeed(held: Buffer, from: number): void {
  for (let at = held.indexOf(lf, from); at >= 0; at = held.indexOf(lf, at + 1)) {
    if (at === 0 || held[at - 1] !== cr) throw new HeadError('the head has a bare LF');
  }
}
