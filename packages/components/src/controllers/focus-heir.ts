import type { ReactiveController, ReactiveElement } from 'lit';

/** When what has the focus is drawn no more, something else has it, and Tab goes on from there. */
export class FocusHeirController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #places: { readonly from: string; readonly to: string };
  #focused: Element | undefined;

  /** Selectors in the shadow of the host; `to` takes the focus, with a tabindex where it does not by itself. */
  constructor(host: ReactiveElement, places: { readonly from: string; readonly to: string }) {
    [this.#host, this.#places] = [host, places];
    host.addController(this);
  }

  hostUpdate(): void {
    const focused = (this.#host.renderRoot as ShadowRoot | undefined)?.activeElement;
    this.#focused = focused?.matches(this.#places.from) ? focused : undefined;
  }

  hostUpdated(): void {
    if (this.#focused?.isConnected === false) this.#host.renderRoot.querySelector<HTMLElement>(this.#places.to)?.focus();
    this.#focused = undefined;
  }
}
