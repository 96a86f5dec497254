import type { ReactiveController, ReactiveElement } from 'lit';

type Host = ReactiveElement & { readonly appId: string | undefined };

/** The apps whose settings lead on from a variable that was missing, by the act that can be seen there. */
const seen = new Map<Element, string>();
const listeners = new Set<() => void>();

/** Can the way on be seen in the settings of this app? Then nobody else on the page needs to offer it. */
export const isLedOn = (appId: string | undefined): boolean => [...seen.values()].some((one) => one === appId);

/** Calls whenever that may have changed. What is handed back ends it. */
export function hearOnward(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tells the others on the page whether the way on can be seen in its host, which has it at `place`. */
export class OnwardController implements ReactiveController {
  readonly #host: Host;
  readonly #place: string;
  #act: Element | null = null;
  #sight: IntersectionObserver | undefined;

  constructor(host: Host, place: string) {
    [this.#host, this.#place] = [host, place];
    host.addController(this);
  }

  hostUpdated(): void { this.#watch(this.#host.renderRoot.querySelector(this.#place)); }

  hostDisconnected(): void { this.#watch(null); }

  #watch(act: Element | null): void {
    if (act === this.#act) return;
    this.#sight?.disconnect();
    if (this.#act) this.#tell(this.#act, undefined);
    this.#act = act;
    if (!act) return;
    this.#sight = new IntersectionObserver((entries) => this.#tell(act, entries.at(-1)!.isIntersecting ? this.#host.appId : undefined));
    this.#sight.observe(act);
  }

  #tell(act: Element, appId: string | undefined): void {
    if (seen.get(act) === appId) return;
    if (appId === undefined) seen.delete(act);
    else seen.set(act, appId);
    for (const listener of listeners) listener();
  }
}
