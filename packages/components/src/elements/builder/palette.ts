import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { keepKeysInside } from '../../controllers/key-guard.ts';
import { consumeLocale } from '../../controllers/locale.ts';
import { builderEnglish } from '../../strings/builder.ts';
import { languageEnglish } from '../../strings/language.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { commandsOf } from './commands.ts';
import { paletteStyles } from './palette.styles.ts';
import { shortcutsDialog } from './shortcuts.ts';

addEnglish(builderEnglish);
addEnglish(languageEnglish);

/** Something that can be chosen; `keys` are the ones that do it without asking. */
export interface PaletteEntry { readonly word: string; readonly keys?: string; readonly run: () => void }

/** As many as are looked through before a letter more is typed. */
const shownAtOnce = 50;

/**
 * @summary Finds one thing of many by typing part of its name, for fapi-builder: arrows move, Enter chooses, Escape leaves.
 * @tag fapi-palette
 * @csspart dialog - The dialog.
 * @csspart entry - Something to choose.
 */
export class FapiPalette extends LitElement {
  /** What a builder has in it, and the list of its keys: a page need not have them before somebody asks. */
  static readonly commandsOf = commandsOf;
  static readonly shortcutsDialog = shortcutsDialog;
  static override styles = [...base, controls, paletteStyles];
  static override properties = { entries: { attribute: false }, heading: { attribute: false }, placeholder: { attribute: false }, typed: { state: true }, at: { state: true } };

  /** What there is to choose from, in the order in which it is shown while nothing is typed. */
  declare entries: readonly PaletteEntry[];
  /** Name of the dialog. */
  declare heading: string;
  /** Of the field that is typed into. */
  declare placeholder: string;
  declare typed: string;
  declare at: number;

  readonly #locale = consumeLocale(this);

  constructor() {
    super();
    [this.entries, this.heading, this.placeholder, this.typed, this.at] = [[], '', '', '', 0];
    keepKeysInside(this);
  }

  /** Asks, with nothing typed; where the focus was before, it is after. */
  show(): void {
    [this.typed, this.at] = ['', 0];
    void this.updateComplete.then(() => {
      const dialog = this.renderRoot.querySelector('dialog')!;
      if (!dialog.open) dialog.showModal();
    });
  }

  /** Leaves without choosing. */
  close(): void {
    this.renderRoot.querySelector('dialog')?.close();
  }

  protected override render(): TemplateResult {
    const { strings } = this.#locale;
    const found = this.#found();
    return html`
      <dialog part="dialog" aria-label=${this.heading} @click=${(event: MouseEvent) => { if (event.target === event.currentTarget) this.close(); }}>
        <input type="text" role="combobox" autofocus aria-label=${this.heading} placeholder=${this.placeholder} autocomplete="off" autocapitalize="off" spellcheck="false" aria-expanded="true" aria-controls="found"
          aria-activedescendant=${found.length > 0 ? `entry-${this.at}` : nothing} .value=${this.typed} @input=${(event: Event) => { [this.typed, this.at] = [(event.target as HTMLInputElement).value, 0]; }} @keydown=${this.#onKey}>
        <ul id="found" role="listbox" aria-label=${this.heading}>${found.map(({ word, keys, run }, index) => html`
          <li id="entry-${index}" part="entry" role="option" aria-selected=${index === this.at} @click=${() => this.#choose(run)}><span class="truncate">${word}</span>${keys ? html`<kbd>${keys}</kbd>` : nothing}</li>`)}</ul>
        ${found.length === 0 ? html`<p class="secondary" role="status">${strings.nothingFound}</p>` : nothing}
      </dialog>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('at')) this.renderRoot.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }

  /** What holds every letter that was typed, in order; what holds them together comes first. */
  #found(): readonly PaletteEntry[] {
    const wanted = this.typed.trim().toLocaleLowerCase();
    if (wanted === '') return this.entries.slice(0, shownAtOnce);
    const whole = this.entries.filter(({ word }) => word.toLocaleLowerCase().includes(wanted));
    const rest = this.entries.filter((entry) => !whole.includes(entry) && holdsLetters(entry.word.toLocaleLowerCase(), wanted));
    return [...whole, ...rest].slice(0, shownAtOnce);
  }

  #choose(run: () => void): void {
    this.close();
    // After the dialog has given the focus back: what is done may move it.
    queueMicrotask(run);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const found = this.#found();
    const next = { ArrowDown: this.at + 1, ArrowUp: this.at - 1 }[event.key];
    const chosen = event.key === 'Enter' ? found[this.at] : undefined;
    if (next === undefined && !chosen) return;
    event.preventDefault();
    event.stopPropagation();
    if (chosen) this.#choose(chosen.run);
    else if (found.length > 0) this.at = (next! + found.length) % found.length;
  };
}

function holdsLetters(word: string, wanted: string): boolean {
  let at = -1;
  return [...wanted].every((letter) => letter === ' ' || (at = word.indexOf(letter, at + 1)) !== -1);
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-palette': FapiPalette }
}
