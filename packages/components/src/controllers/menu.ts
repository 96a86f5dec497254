import { html, nothing } from 'lit';
import type { ReactiveController, ReactiveElement, TemplateResult } from 'lit';
import * as icons from '../icons.ts';
import { menuStep } from '../parts/menu-step.ts';
import { TypeAhead } from '../type-ahead.ts';

export interface MenuEntry {
  readonly act: string;
  readonly word: string;
  /** What it is called where the word alone does not say it. */
  readonly name?: string;
  readonly icon?: TemplateResult;
  readonly isOff?: boolean;
  readonly run: () => void;
}

/**
 * The menus of an element, after the ARIA pattern, of which one is open at a time: each floats beside the button that opens it and has the focus,
 * which goes back to that button. Arrows, Home, End and letters move, Escape, Tab and whatever takes the focus away close.
 */
export class MenuController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #onOpen: (() => void) | undefined;
  readonly #typed = new TypeAhead();
  #open: string | undefined;
  #drawn: string | undefined;

  /** `onOpen`: whatever else is open beside it. */
  constructor(host: ReactiveElement, onOpen?: () => void) {
    [this.#host, this.#onOpen] = [host, onOpen];
    host.addController(this);
  }

  /** The button that opens the menu of that key. */
  opener(key: string, label: string): TemplateResult {
    const isOpen = this.#open === key;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'ArrowDown' || isOpen) return;
      event.preventDefault();
      event.stopPropagation();
      this.#show(key);
    };
    // Where a click gives buttons no focus, it gives it to what has a tabindex; so with the menu.
    return html`<button type="button" class="quiet icon-only" data-more=${key} tabindex="0" title=${label} aria-label=${label} aria-haspopup="menu" aria-expanded=${isOpen} @click=${() => { if (isOpen) this.#close(); else this.#show(key); }} @keydown=${onKey}>${icons.more}</button>`;
  }

  /** The menu of that key, while it is open. */
  menu(key: string, label: string, entries: readonly MenuEntry[]): unknown {
    if (this.#open !== key) return nothing;
    return html`<div class="menu" popover="manual" tabindex="-1" role="menu" aria-label=${label} @keydown=${this.#onKey} @focusout=${this.#onLeft} @toggle=${this.#onToggle}>${entries.map(({ act, word, name, icon, isOff, run }) => html`
      <button type="button" class="quiet" role="menuitem" tabindex="-1" data-act=${act} aria-label=${name ?? nothing} aria-disabled=${isOff ? 'true' : nothing} @click=${() => { if (isOff) return; this.#close(); run(); }}>${icon ?? nothing}${word}</button>`)}</div>`;
  }

  hostUpdated(): void {
    if (this.#drawn === this.#open) return;
    this.#drawn = this.#open;
    const [menu, opener] = [this.#menu, this.#opener];
    if (menu && opener) void this.#float(menu, opener);
  }

  hostDisconnected(): void { this.#leave(); }

  get #menu(): HTMLElement | null { return this.#host.renderRoot.querySelector<HTMLElement>('.menu[role=menu]'); }
  get #opener(): HTMLElement | undefined { return [...this.#host.renderRoot.querySelectorAll<HTMLElement>('[data-more]')].find(({ dataset }) => dataset['more'] === this.#open); }

  /** Where it goes comes with the first menu. */
  async #float(menu: HTMLElement, opener: HTMLElement): Promise<void> {
    const floating = await import('../parts/floating.ts').catch(() => undefined);
    if (!menu.isConnected) return;
    if (floating) floating.floatBeside(menu, opener);
    else menu.showPopover();
    menu.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }

  #show(key: string): void {
    this.#open = key;
    this.#onOpen?.();
    this.#host.requestUpdate();
  }

  /** What is closed by hand gives the focus back. */
  #close(): void {
    const opener = this.#opener;
    this.#leave();
    opener?.focus();
  }

  #leave(): void {
    this.#open = undefined;
    this.#host.requestUpdate();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { key, timeStamp } = event;
    // From the button on, Tab goes where it went without the menu.
    if (key === 'Tab') return this.#close();
    const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=menuitem]')];
    const at = items.indexOf(event.target as HTMLElement);
    const isLetter = key.length === 1 && key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
    const next = isLetter ? this.#typed.find(key, items.map((item) => ({ item, name: item.textContent.trim() })), at, timeStamp)?.item : menuStep(key, items, at);
    if (key === 'Escape') this.#close();
    else if (next) next.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Where the focus has gone by itself, it stays; the button that opened it closes it itself. */
  readonly #onLeft = (event: FocusEvent): void => {
    const next = event.relatedTarget as Element | null;
    if (!(event.currentTarget as HTMLElement).contains(next) && !next?.matches('[data-more]')) this.#leave();
  };

  readonly #onToggle = (event: ToggleEvent): void => {
    if (event.newState === 'closed' && event.currentTarget === this.#menu) this.#leave();
  };
}
