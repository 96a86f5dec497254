import type { ReactiveController, ReactiveElement } from 'lit';
import { tellError } from '../events.ts';

/** What a call has answered, for a key: read anew when the key changes, and when told. A newer call ends the one before. */
export class LoadedController<T> implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #read: (signal: AbortSignal) => Promise<T>;
  #key: string | undefined;
  #thing: string | undefined;
  #reading: AbortController | undefined;
  #isConnected = false;
  /** The last answer for this key; stays while it is read again. */
  value: T | undefined;
  error: unknown;

  constructor(host: ReactiveElement, read: (signal: AbortSignal) => Promise<T>) {
    this.#host = host;
    this.#read = read;
    host.addController(this);
  }

  hostConnected(): void { this.#isConnected = true; }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#reading?.abort();
    this.#key = undefined;
  }

  /** Of which thing, and in which state it is read: with another thing the answer is forgotten, with another state it is read again. */
  see(thing: string | undefined, state: string): void {
    const key = `${thing} ${state}`;
    if (key === this.#key || !this.#isConnected || thing === undefined) return;
    if (thing !== this.#thing) [this.value, this.error] = [undefined, undefined];
    [this.#key, this.#thing] = [key, thing];
    void this.reload();
  }

  async reload(): Promise<void> {
    this.#reading?.abort();
    const own = (this.#reading = new AbortController());
    try {
      const value = await this.#read(own.signal);
      if (own.signal.aborted) return;
      [this.value, this.error] = [value, undefined];
    } catch (error) {
      if (own.signal.aborted) return;
      const isNew = this.error === undefined;
      this.error = error;
      if (isNew) tellError(this.#host, error);
    }
    this.#host.requestUpdate();
  }
}
