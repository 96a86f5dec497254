import { LitElement, type ReactiveController, type ReactiveElement } from 'lit';

/** An element that becomes inline has no size from then on. */
const sizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver((entries) => { for (const { target, contentRect } of entries) if (contentRect.width === 0) boxes.get(target)?.judge(); });
const boxes = new WeakMap<Element, Box>();

/** Makes what a page has made inline a box again, e.g. by "* { all: unset !important }". Its "display: none" stays: that is how pages hide an element. */
class Box implements ReactiveController {
  readonly #element: ReactiveElement;
  readonly #changes: MutationObserver;
  #frame = 0;

  constructor(element: ReactiveElement) {
    this.#element = element;
    // The style of what it stands in says nothing of its display, and may be another in each frame.
    this.#changes = new MutationObserver((records) => { if (records.some(({ target, attributeName }) => target === element || attributeName !== 'style')) this.#judgeSoon(); });
    boxes.set(element, this);
    element.addController(this);
  }

  hostConnected(): void {
    // No style sheet of a page reaches what is inside of ours.
    if ((this.#element.getRootNode() as ShadowRoot).host?.localName.startsWith('fapi-')) return;
    sizes!.observe(this.#element);
    // What begins inline has no first size to hear of.
    this.#judgeSoon();
  }

  hostDisconnected(): void {
    sizes!.unobserve(this.#element);
    this.#changes.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  /** Without what was mended before, which no style of the page can outdo: it may hide the element by now. */
  judge(): void {
    const element = this.#element;
    this.#frame = 0;
    element.removeAttribute('data-boxed');
    const { display } = getComputedStyle(element);
    element.toggleAttribute('data-boxed', display === 'inline');
    this.#changes.disconnect();
    // From here on no size tells: what is hidden has none, as what is inline.
    if (display === 'inline' || display === 'none') for (let node: Node | null = element; node; node = node.parentNode ?? (node as ShadowRoot).host) this.#changes.observe(node, { attributes: true });
  }

  /** Once a frame, before it is drawn. */
  #judgeSoon(): void {
    this.#frame ||= requestAnimationFrame(() => this.judge());
  }
}

/** Every element of the class looks after that itself, as long as it is on a page. */
export function keepBox(element: CustomElementConstructor): void {
  if (sizes && element.prototype instanceof LitElement) (element as unknown as typeof ReactiveElement).addInitializer((one) => void new Box(one));
}
