import type { ReactiveController, ReactiveElement } from 'lit';
import type { SaidGoes } from './said.ts';

/** Takes away what was said, when it is to go: never under the pointer or the focus, and not in a page that nobody sees. */
export class SaidLeaves implements ReactiveController {
  readonly #host: ReactiveElement & { readonly saidMs: number };
  readonly #leave: () => void;
  #goes: SaidGoes;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveElement & { readonly saidMs: number }, leave: () => void) {
    [this.#host, this.#leave] = [host, leave];
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.onAttend);
    this.onAttend();
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.onAttend);
    clearTimeout(this.#timer);
  }

  /** Something is said, or is to go otherwise than before. */
  see(goes: SaidGoes): void {
    this.#goes = goes;
    this.onAttend();
  }

  /** Somebody has come to what is said, or left it: the time begins anew. */
  readonly onAttend = (): void => {
    clearTimeout(this.#timer);
    if (this.#goes) this.#timer = setTimeout(() => { if (!this.#isAttended) this.#leave(); }, this.#goes === 'now' ? 0 : this.#host.saidMs);
  };

  get #isAttended(): boolean {
    return document.visibilityState === 'hidden' || this.#host.renderRoot.querySelector('.said:is(:hover, :focus-within)') !== null;
  }
}
