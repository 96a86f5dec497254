import type { ReactiveController, ReactiveElement } from 'lit';
import { afterFrame } from '../after-frame.ts';

/** Redraws its host when a frame has been drawn with what `isThere` says is there: what nobody looks at first, and takes time, is drawn then. */
export class FirstFrame implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #isThere: () => boolean;
  #state: 'ahead' | 'coming' | 'over' = 'ahead';

  constructor(host: ReactiveElement, isThere: () => boolean) {
    this.#host = host;
    this.#isThere = isThere;
    host.addController(this);
  }

  get isOver(): boolean { return this.#state === 'over'; }

  hostUpdated(): void {
    if (this.#state !== 'ahead' || !this.#isThere()) return;
    this.#state = 'coming';
    void afterFrame().then(() => {
      this.#state = 'over';
      this.#host.requestUpdate();
    });
  }
}
