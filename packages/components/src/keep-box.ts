import { LitElement, type ReactiveElement } from 'lit';

/** Makes what a page has made inline a box again, e.g. by "* { all: unset !important }". Its "display: none" stays: that is how pages hide an element. */
const mend = (element: Element): void => {
  if (element.isConnected && getComputedStyle(element).display === 'inline') element.toggleAttribute('data-boxed', true);
};
/** An element that becomes inline has no size from then on. */
const sizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver((entries) => { for (const { target, contentRect } of entries) if (contentRect.width === 0) mend(target); });

/** Every element of the class looks after that itself, as long as it is on a page. */
export function keepBox(element: CustomElementConstructor): void {
  if (!sizes || !(element.prototype instanceof LitElement)) return;
  (element as unknown as typeof ReactiveElement).addInitializer((one) => one.addController({
    hostConnected: () => {
      sizes.observe(one);
      // What begins inline has no first size to hear of.
      requestAnimationFrame(() => mend(one));
    },
    hostDisconnected: () => sizes.unobserve(one),
  }));
}
