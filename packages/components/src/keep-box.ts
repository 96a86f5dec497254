import { LitElement, type ReactiveElement } from 'lit';

/** Makes what a page has made inline a box again, e.g. by "* { all: unset !important }", as long as it is on a page. Its "display: none" stays: that is how pages hide an element. */
export function keepBox(element: CustomElementConstructor): void {
  if (globalThis.ResizeObserver && element.prototype instanceof LitElement) (element as unknown as typeof ReactiveElement).addInitializer(keepOne);
}

function keepOne(one: ReactiveElement): void {
  let frame = 0;
  /** Without what was mended before, which no style of the page can outdo: it may hide the element by now. */
  const judge = (): void => {
    frame = 0;
    one.removeAttribute('data-boxed');
    const { display } = getComputedStyle(one);
    one.toggleAttribute('data-boxed', display === 'inline');
    changes.disconnect();
    // From here on no size tells: what is hidden has none, as what is inline.
    if (display === 'inline' || display === 'none') for (let node: Node | null = one; node; node = node.parentNode ?? (node as ShadowRoot).host) changes.observe(node, { attributes: true });
  };
  /** Once a frame, before it is drawn. */
  const judgeSoon = (): void => { frame ||= requestAnimationFrame(judge); };
  // The style of what it stands in says nothing of its display, and may be another in each frame.
  const changes = new MutationObserver((records) => { if (records.some(({ target, attributeName }) => target === one || attributeName !== 'style')) judgeSoon(); });
  // An element that becomes inline has no size from then on.
  const sizes = new ResizeObserver((entries) => { if (entries.some(({ contentRect }) => contentRect.width === 0)) judge(); });
  one.addController({
    hostConnected: () => {
      // No style sheet of a page reaches what is inside of ours.
      if ((one.getRootNode() as ShadowRoot).host?.localName.startsWith('fapi-')) return;
      sizes.observe(one);
      // What begins inline has no first size to hear of.
      judgeSoon();
    },
    hostDisconnected: () => {
      sizes.disconnect();
      changes.disconnect();
      cancelAnimationFrame(frame);
      frame = 0;
    },
  });
}
