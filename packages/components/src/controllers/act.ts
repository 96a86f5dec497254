import type { ReactiveElement } from 'lit';
import { tellError } from '../events.ts';

/** What somebody does with the server, one act at a time: none is begun while another is under way, and what the last one failed with stays until the next. */
export class ActController {
  readonly #host: ReactiveElement;
  #current: object | undefined;
  failure: unknown;

  constructor(host: ReactiveElement) {
    this.#host = host;
  }

  get isActing(): boolean { return this.#current !== undefined; }

  /** Never rejects. */
  async run(act: () => Promise<void>): Promise<void> {
    if (this.#current) return;
    const own = {};
    [this.#current, this.failure] = [own, undefined];
    this.#host.requestUpdate();
    try {
      await act();
    } catch (error) {
      if (this.#current === own) this.failure = error;
      tellError(this.#host, error);
    } finally {
      if (this.#current === own) this.#current = undefined;
      this.#host.requestUpdate();
    }
  }

  /** Another app is shown: what was done with the one before, or is under way there, is no business of it. */
  forget(): void {
    [this.#current, this.failure] = [undefined, undefined];
  }
}
