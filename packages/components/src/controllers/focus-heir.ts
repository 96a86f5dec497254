import type { ReactiveController, ReactiveElement } from 'lit';

/** Selectors in the shadow of the host; the first that can takes the focus, with a tabindex where it does not by itself. */
type Heirs = readonly string[];
interface Places { readonly from: string; readonly to: Heirs | ((focused: HTMLElement) => Heirs) }

/** When what has the focus is drawn no more, something else has it, and Tab goes on from there. */
export class FocusHeirController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #places: Places;
  #last: { readonly focused: Element; readonly heirs: Heirs } | undefined;

  /** A function is asked before the host is drawn, while that which may go stands in its place still. */
  constructor(host: ReactiveElement, places: Places) {
    [this.#host, this.#places] = [host, places];
    host.addController(this);
  }

  hostUpdate(): void {
    const { from, to } = this.#places;
    const focused = (this.#host.renderRoot as ShadowRoot | undefined)?.activeElement;
    this.#last = focused?.matches(from) ? { focused, heirs: typeof to === 'function' ? to(focused as HTMLElement) : to } : undefined;
  }

  hostUpdated(): void {
    const { focused, heirs = [] } = this.#last ?? {};
    this.#last = undefined;
    const root = this.#host.renderRoot as ShadowRoot;
    // Somebody may have it already, for whom it was meant.
    if (focused?.isConnected !== false || root.activeElement !== null) return;
    heirs.map((place) => root.querySelector<HTMLElement>(place)).some((heir) => {
      heir?.focus();
      return heir !== null && root.activeElement === heir;
    });
  }
}
