import type { ReactiveController, ReactiveElement } from 'lit';
import type { FapiCode } from '../code/code.ts';

/** Brings the cursor into the code of its host, once the code is drawn. */
export class CodeFocus implements ReactiveController {
  readonly #host: ReactiveElement;
  #isAwaited = false;

  constructor(host: ReactiveElement) {
    this.#host = host;
    host.addController(this);
  }

  get code(): FapiCode | null { return this.#host.renderRoot.querySelector('fapi-code'); }

  async give(): Promise<void> {
    await this.#host.updateComplete;
    this.#isAwaited = !this.code;
    this.code?.focus();
  }

  hostUpdated(): void {
    const { code } = this;
    if (!this.#isAwaited || !code) return;
    this.#isAwaited = false;
    void code.updateComplete.then(() => code.focus());
  }
}
