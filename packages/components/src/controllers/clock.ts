import type { ReactiveController, ReactiveElement } from 'lit';

/** Redraws the host every `everyMs` while it is in the page and `isNeeded` says so, for relative times. */
export class ClockController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #everyMs: number;
  readonly #isNeeded: () => boolean;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveElement, everyMs: number, isNeeded: () => boolean) {
    this.#host = host;
    this.#everyMs = everyMs;
    this.#isNeeded = isNeeded;
    host.addController(this);
  }

  now(): number { return Date.now(); }

  hostConnected(): void {
    this.#timer = setInterval(() => { if (this.#isNeeded() && document.visibilityState === 'visible') this.#host.requestUpdate(); }, this.#everyMs);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}
