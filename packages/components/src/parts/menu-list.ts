import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { TypeAhead } from '../type-ahead.ts';
import { floatBeside } from './floating.ts';
import { menuStep } from './menu-step.ts';

export interface MenuEntry {
  readonly act: string;
  readonly word: string;
  /** What it is called where the word alone does not say it. */
  readonly name?: string;
  readonly icon?: TemplateResult;
  readonly isOff?: boolean;
  readonly run: () => void;
}

export interface MenuListOptions {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  /** By hand: by a key, or because something was chosen. Else it has lost the focus, or its place. */
  readonly onClose: (isByHand: boolean) => void;
}

/** Nobody types into two menus at once. */
const typed = new TypeAhead();

/** What can be done, as a menu that goes by keys; whoever draws it lays it beside its button with `floatMenu`, and draws it no more once it is closed. */
export function menuList({ label, entries, onClose }: MenuListOptions): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    const { key, timeStamp } = event;
    // From the button on, Tab goes where it went without the menu.
    if (key === 'Tab') return onClose(true);
    const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=menuitem]')];
    const at = items.indexOf(event.target as HTMLElement);
    const isLetter = key.length === 1 && key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
    const next = isLetter ? typed.find(key, items.map((item) => ({ item, name: item.textContent.trim() })), at, timeStamp)?.item : menuStep(key, items, at);
    if (key === 'Escape') onClose(true);
    else if (next) next.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** Where the focus has gone by itself, it stays; the button that opened it closes it itself. */
  const onLeft = (event: FocusEvent): void => {
    const next = event.relatedTarget as Element | null;
    if (!(event.currentTarget as HTMLElement).contains(next) && !next?.matches('[data-more]')) onClose(false);
  };
  /** What hides it takes the focus out of it: the button has it again, where the menu had it. */
  const onHide = (event: ToggleEvent): void => {
    if (event.newState === 'closed') onClose((event.currentTarget as HTMLElement).matches(':focus-within'));
  };
  return html`<div class="menu" popover="manual" tabindex="-1" role="menu" aria-label=${label} @keydown=${onKey} @focusout=${onLeft} @beforetoggle=${onHide}>${entries.map(({ act, word, name, icon, isOff, run }) => html`
    <button type="button" class="quiet" role="menuitem" tabindex="-1" data-act=${act} aria-label=${name ?? nothing} aria-disabled=${isOff ? 'true' : nothing} @click=${() => { if (isOff) return; onClose(true); run(); }}>${icon ?? nothing}${word}</button>`)}</div>`;
}

/** Beside what opened it, with the focus on its first entry. */
export function floatMenu(menu: HTMLElement, opener: HTMLElement): void {
  floatBeside(menu, opener);
  enterMenu(menu);
}

export function enterMenu(menu: HTMLElement): void {
  menu.querySelector<HTMLElement>('[role=menuitem]')?.focus();
}
