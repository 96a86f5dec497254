import type { ReactiveElement } from 'lit';

/** The element, and those whose parts it is, from inside out. */
function* hostsOf(element: HTMLElement): Generator<HTMLElement> {
  for (let one: Element | undefined = element; one; one = (one.getRootNode() as Partial<ShadowRoot>).host) yield one as HTMLElement;
}

/** What is said at an element itself, or at one that it is a part of: who gives a builder a language means all of it. */
export function hostLang(element: HTMLElement): string {
  for (const { lang } of hostsOf(element)) if (lang) return lang;
  return '';
}

const shown = new Set<ReactiveElement>();
/** One for the page: it changes its language once in a while, and then all of it. */
let observer: MutationObserver | undefined;
const said = { attributes: true, attributeFilter: ['lang'] };

/** Draws an element anew when its language, or the page's, may have changed. */
export function watchLang(host: ReactiveElement): void {
  host.addController({
    hostConnected() {
      // Elsewhere, or after a while, another one may be said.
      if (host.hasUpdated) host.requestUpdate();
      shown.add(host);
      observer ??= new MutationObserver(() => { for (const one of shown) one.requestUpdate(); });
      for (const one of [host.ownerDocument.documentElement, ...hostsOf(host)]) observer.observe(one, said);
    },
    hostDisconnected() {
      shown.delete(host);
      if (shown.size === 0) observer?.disconnect();
    },
  });
}
