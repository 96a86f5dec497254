import { html, nothing } from 'lit';
import type { ReactiveController, ReactiveElement, TemplateResult } from 'lit';
import { afterFrame } from '../after-frame.ts';
import { tellError } from '../events.ts';
import * as icons from '../icons.ts';
import type * as list from '../parts/menu-list.ts';
import type { MenuEntry } from '../parts/menu-list.ts';

/**
 * The menus of an element, after the ARIA pattern, of which one is open at a time: each floats beside the button that opens it and has the focus,
 * which goes back to that button. Arrows, Home, End and letters move, Escape, Tab and whatever takes the focus away close.
 */
export class MenuController implements ReactiveController {
  readonly #host: ReactiveElement;
  /** Comes when the element has been drawn, so that it is there without a server too. */
  #list: typeof list | undefined;
  #open: string | undefined;
  #floating: HTMLElement | undefined;

  constructor(host: ReactiveElement) {
    this.#host = host;
    host.addController(this);
  }

  /** The button that opens the menu of that key. */
  opener(key: string, label: string): TemplateResult {
    const isOpen = this.#open === key;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      event.stopPropagation();
      this.#show(key);
    };
    // Where a click gives buttons no focus, it gives it to what has a tabindex; so with the menu.
    return html`<button type="button" class="quiet icon-only" data-more=${key} tabindex="0" title=${label} aria-label=${label} aria-haspopup="menu" aria-expanded=${isOpen} @click=${() => { if (isOpen) this.#close(true); else this.#show(key); }} @keydown=${onKey}>${icons.more}</button>`;
  }

  /** The menu of that key, while it is open. */
  menu(key: string, label: string, entries: () => readonly MenuEntry[]): unknown {
    return this.#open === key && this.#list ? this.#list.menuList({ label, entries: entries(), onClose: (isByHand) => this.#close(isByHand) }) : nothing;
  }

  hostConnected(): void {
    void afterFrame().then(() => this.#load()).catch(() => undefined);
  }

  hostUpdated(): void {
    const menu = this.#host.renderRoot.querySelector<HTMLElement>('.menu[role=menu]') ?? undefined;
    const opener = this.#opener;
    if (menu && opener && menu !== this.#floating) this.#list!.floatMenu(menu, opener);
    // What it belongs to is drawn no more: it does not open by itself when that comes back.
    if (!menu && this.#list) this.#open = undefined;
    this.#floating = menu;
  }

  hostDisconnected(): void { this.#close(false); }

  get #opener(): HTMLElement | undefined { return [...this.#host.renderRoot.querySelectorAll<HTMLElement>('[data-more]')].find(({ dataset }) => dataset['more'] === this.#open); }

  async #load(): Promise<void> {
    this.#list ??= await import('../parts/menu-list.ts');
    if (this.#open !== undefined) this.#host.requestUpdate();
  }

  #show(key: string): void {
    if (this.#open === key && this.#floating) return this.#list!.enterMenu(this.#floating);
    this.#open = key;
    this.#host.requestUpdate();
    void this.#load().catch((error: unknown) => {
      this.#close(false);
      tellError(this.#host, error);
    });
  }

  /** What is closed by hand gives the focus back. */
  #close(isByHand: boolean): void {
    const opener = isByHand ? this.#opener : undefined;
    this.#open = undefined;
    this.#host.requestUpdate();
    opener?.focus({ preventScroll: true });
  }
}
