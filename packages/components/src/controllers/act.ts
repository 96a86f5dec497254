import type { ReactiveControllerHost } from 'lit';

/** What somebody does with the server, one act at a time: none is begun while another is under way, and what the last one failed with stays until the next. */
export class ActController {
  readonly #host: ReactiveControllerHost;
  isActing = false;
  failure: unknown;

  constructor(host: ReactiveControllerHost) {
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
    } finally {
      this.isActing = false;
      this.#host.requestUpdate();
    }
  }
}
