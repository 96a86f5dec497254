import type { BodyLength } from './answer-head.ts';
import { cr, hexValue, isTokenOctet, isValueOctet, lf } from './octets.ts';

/** The body breaks its framing; nothing after it can be trusted. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

const trailerLimitBytes = 8 * 1024;
const sizeLimitDigits = 12;

const length = 0, untilClose = 1, sizeStart = 2, sizeDigits = 3, sizeLf = 4, chunkBytes = 5, chunkCr = 6, chunkLf = 7;
const trailerStart = 8, trailerName = 9, trailerValue = 10, trailerLf = 11, finalLf = 12;

/** Finds where a body ends without touching its bytes: they are passed on as they came. */
export class BodyFramer {
  isDone = true;
  #state = length;
  #remaining = 0;
  #digits = 0;
  #trailerBytes = 0;
  #allowsTrailers = false;

  start(body: BodyLength, trailers: 'allowed' | 'refused'): void {
    this.#state = body === 'chunked' ? sizeStart : body === 'until-close' ? untilClose : length;
    this.#remaining = typeof body === 'number' ? body : 0;
    this.#allowsTrailers = trailers === 'allowed';
    this.#trailerBytes = 0;
    this.#digits = 0;
    this.isDone = body === 0;
  }

  /** Index after the last byte from `from` on that belongs to the body. Throws `FramingError`. */
  take(bytes: Buffer, from: number): number {
    if (this.isDone) return from;
    if (this.#state === untilClose) return bytes.length;
    if (this.#state === length) {
      const end = Math.min(bytes.length, from + this.#remaining);
      this.#remaining -= end - from;
      this.isDone = this.#remaining === 0;
      return end;
    }
    let position = from;
    while (position < bytes.length && !this.isDone) {
      if (this.#state === chunkBytes) {
        const end = Math.min(bytes.length, position + this.#remaining);
        this.#remaining -= end - position;
        position = end;
        if (this.#remaining === 0) this.#state = chunkCr;
      } else {
        this.#step(bytes[position++]!);
      }
    }
    return position;
  }

  #step(octet: number): void {
    switch (this.#state) {
      case sizeStart:
      case sizeDigits: {
        const value = hexValue(octet);
        if (value >= 0 && ++this.#digits <= sizeLimitDigits) {
          this.#remaining = this.#remaining * 16 + value;
          this.#state = sizeDigits;
        } else if (octet === cr && this.#state === sizeDigits) this.#state = sizeLf;
        else throw new FramingError(octet === 59 ? 'chunk extensions are not accepted' : 'a chunk size is malformed');
        return;
      }
      case sizeLf:
        expectOctet(octet, lf);
        this.#digits = 0;
        this.#state = this.#remaining === 0 ? trailerStart : chunkBytes;
        return;
      case chunkCr:
        expectOctet(octet, cr);
        this.#state = chunkLf;
        return;
      case chunkLf:
        expectOctet(octet, lf);
        this.#state = sizeStart;
        return;
      case finalLf:
        expectOctet(octet, lf);
        this.isDone = true;
        return;
      default: this.#stepTrailer(octet);
    }
  }

  #stepTrailer(octet: number): void {
    if (++this.#trailerBytes > trailerLimitBytes) throw new FramingError(`the trailers are larger than ${trailerLimitBytes} bytes`);
    if (this.#state === trailerStart && octet === cr) this.#state = finalLf;
    else if (this.#state === trailerStart && !this.#allowsTrailers) throw new FramingError('trailers are not accepted');
    else if (this.#state === trailerValue && octet === cr) this.#state = trailerLf;
    else if (this.#state === trailerName && octet === 58) this.#state = trailerValue;
    else if (this.#state === trailerLf && octet === lf) this.#state = trailerStart;
    else if (this.#state === trailerValue && isValueOctet[octet] === 1) return;
    else if ((this.#state === trailerStart || this.#state === trailerName) && isTokenOctet[octet] === 1) this.#state = trailerName;
    else throw new FramingError('a trailer is malformed');
  }
}

function expectOctet(octet: number, expected: number): void {
  if (octet !== expected) throw new FramingError('the chunk framing is broken');
}
