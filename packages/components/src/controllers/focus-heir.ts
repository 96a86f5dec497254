import type { ReactiveController, ReactiveElement } from 'lit';

/** When what has the focus is drawn no more, something else has it, and Tab goes on from there. */
export class FocusHeirController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #places: { readonly from: string; readonly to: readonly string[] };
  #focused: Element | undefined;

  /** Selectors in the shadow of the host; the first of `to` that is there takes the focus, with a tabindex where it does not by itself. */
  constructor(host: ReactiveElement, places: { readonly from: string; readonly to: readonly string[] }) {
    [this.#host, this.#places] = [host, places];
    host.addController(this);
  }

  hostUpdate(): void {
    const focused = (this.#host.renderRoot as ShadowRoot | undefined)?.activeElement;
    this.#focused = focused?.matches(this.#places.from) ? focused : undefined;
  }

  hostUpdated(): void {
    if (this.#focused?.isConnected === false) this.#places.to.map((place) => this.#host.renderRoot.querySelector<HTMLElement>(place)).find((heir) => heir !== null)?.focus();
    this.#focused = undefined;
  }
}
