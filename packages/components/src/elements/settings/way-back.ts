import type { FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import type { ReactiveElement } from 'lit';
import { html, nothing } from 'lit';
import { tellError } from '../../events.ts';
import { errorBar, notice } from '../../parts/notice.ts';
import { waysBack } from '../../parts/when-ready.ts';

export interface Offer {
  /** Nobody has taken it yet. */
  readonly isOpen: boolean;
  /** It was not deleted after all. */
  end(): void;
  /** It is deleted, and what that was done in may be gone by now. */
  focus(): void;
}

export interface OfferOptions {
  readonly client: FapiClient;
  readonly store: AppStore;
  readonly app: Pick<App, 'id' | 'title'>;
  /** Where it is deleted, which has a way back of its own. */
  readonly from: ReactiveElement;
  readonly deleting: Promise<unknown>;
}

/** From now on whatever shows this app offers to have it back, once it is deleted. */
export function offerWayBack({ client, store, app: { id, title }, from, deleting }: OfferOptions): Offer {
  const hosts = new Set<ReactiveElement>();
  let failure: unknown;
  let isRestoring = false;
  /** Whoever has deleted it is to find the way back where they are. */
  let isFocusDue = true;

  const restore = async (host: ReactiveElement): Promise<void> => {
    if (isRestoring) return;
    [isRestoring, failure] = [true, undefined];
    host.requestUpdate();
    try {
      // The stream may tell of it before it is answered.
      await deleting;
      await client.apps.restore(id);
      waysBack.delete(store);
      await store.reload();
    } catch (error) {
      failure = error;
      tellError(host, error);
    }
    isRestoring = false;
    host.requestUpdate();
  };
  const takeFocus = (host: ReactiveElement): void => {
    if (!isFocusDue || hasFocus(host.ownerDocument)) return;
    host.renderRoot.querySelector<HTMLElement>('[data-undo]')?.focus();
    isFocusDue = (host.renderRoot as ShadowRoot).activeElement === null;
  };

  waysBack.set(store, (host, kept, strings, locale) => {
    if (host === from) return undefined;
    hosts.add(host);
    if (isFocusDue) void host.updateComplete.then(() => takeFocus(host));
    return html`${failure === undefined ? nothing : errorBar(failure, strings, locale)}
      ${notice(strings.deletedTitle, `${strings.appDeleted(title)}${kept}`, html`<button type="button" data-undo aria-disabled=${isRestoring ? 'true' : nothing} @click=${() => void restore(host)}>${strings.undo}</button>`)}`;
  });
  return {
    get isOpen() { return waysBack.has(store); },
    end: () => void waysBack.delete(store),
    focus: () => hosts.forEach(takeFocus),
  };
}

/** Does something have it that can be seen? A browser takes it from what is drawn no more a little later. */
function hasFocus({ activeElement, body }: Document): boolean {
  let focused = activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused !== null && focused !== body && focused.checkVisibility();
}
