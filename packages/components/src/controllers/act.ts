import type { ReactiveElement } from 'lit';
import { tellError } from '../events.ts';

/** What somebody does with the server, one act at a time: none is begun while another is under way, and what the last one failed with stays until the next. */
export class ActController {
  readonly #host: ReactiveElement;
  isActing = false;
  failure: unknown;

  constructor(host: ReactiveElement) {
    this.#host = host;
  }

  /** Never rejects. */
  async run(act: () => Promise<void>): Promise<void> {
    if (this.isActing) return;
    [this.isActing, this.failure] = [true, undefined];
    this.#host.requestUpdate();
    try {
      await act();
    } catch (error) {
      this.failure = error;
      tellError(this.#host, error);
    } finally {
      this.isActing = false;
      this.#host.requestUpdate();
    }
  }
}
