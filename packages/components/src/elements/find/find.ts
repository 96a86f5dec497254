import type { AppFile } from '@fapi/sdk/contract';
import { LitElement, html } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { keepKeysInside } from '../../controllers/key-guard.ts';
import { consumeLocale } from '../../controllers/locale.ts';
import { findEnglish } from '../../strings/find.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { findStyles } from './find.styles.ts';
import { findForm } from './form.ts';
import { createMatcher, type Matcher, type Query } from './matcher.ts';
import { PatternError, type PatternProblem } from './pattern/syntax.ts';
import { replacedList, type Replaced } from './replaced.ts';
import { foundList, shownStep, type FindOpen } from './results.ts';
import { createPace, replaceIn, searchFiles, type Found } from './search.ts';

addEnglish(findEnglish);

/** What `find-replace` carries: the whole new text of a file. */
export interface FindReplace { readonly path: string; readonly content: string }

/** Between the last key and a search. */
const pauseMs = 120;

/**
 * @summary Finds a text or an expression in every file of a draft and replaces it, for fapi-editor.
 * @tag fapi-find
 * @attr readonly - Finds without replacing.
 * @fires {CustomEvent} find-close - It is closed; does not leave the editor.
 * @fires {CustomEvent<FindOpen>} find-open - A place was chosen; does not leave the editor.
 * @fires {CustomEvent<FindReplace>} find-replace - The new text of a file; does not leave the editor.
 * @csspart match - A place that leads to its line.
 */
export class FapiFind extends LitElement {
  static override styles = [...base, controls, findStyles];
  static override properties = {
    files: { attribute: false }, readonly: { type: Boolean, reflect: true },
    query: { state: true }, replacement: { state: true }, isReplacing: { state: true }, found: { state: true }, problem: { state: true }, isSearching: { state: true }, shown: { state: true }, replaced: { state: true }, isAtWork: { state: true },
  };

  /** The files that are searched. */
  declare files: readonly AppFile[];
  declare readonly: boolean;
  declare query: Query;
  declare replacement: string;
  declare isReplacing: boolean;
  declare found: Found | undefined;
  declare problem: PatternProblem | undefined;
  declare isSearching: boolean;
  declare shown: number;
  declare replaced: readonly Replaced[];
  /** A replacement is under way. */
  declare isAtWork: boolean;

  readonly #locale = consumeLocale(this);
  #matcher: Matcher | undefined;
  /** What `found` was found with: while the next search is under way, another one. */
  #foundBy: Matcher | undefined;
  /** What the last replacement replaced with. */
  #replacedBy: Matcher | undefined;
  #searching = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    [this.files, this.readonly, this.replacement, this.isReplacing, this.isSearching, this.isAtWork, this.shown, this.replaced] = [[], false, '', false, false, false, shownStep, []];
    this.query = { text: '', isCaseKept: false, isWholeWord: false, isRegExp: false };
    keepKeysInside(this);
    this.addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#searching.abort();
    clearTimeout(this.#timer);
  }

  /** Into the text to look for, all of it selected. */
  override focus(): void { this.renderRoot.querySelector<HTMLInputElement>('input[name=text]')?.select(); }

  /** Looks for a text as it stands; it is escaped where expressions are looked for. */
  seek(text: string): void { this.query = { ...this.query, text: this.query.isRegExp ? escapePattern(text) : text }; }

  /** Whoever asks for the field types into it. */
  async #toggleReplace(): Promise<void> {
    this.isReplacing = !this.isReplacing;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>('input[name=replacement]')?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('query')) this.#read();
    if (changed.has('query') || (changed.has('files') && this.query.text !== '')) this.#schedule();
  }

  protected override render(): TemplateResult {
    const { strings, locale } = this.#locale;
    const { found, query, problem, replacement } = this;
    const isReplacing = this.isReplacing && !this.readonly;
    return html`
      <section class="root" aria-label=${strings.findInProject}>
        ${findForm({
          query, replacement, isReplacing, isReadOnly: this.readonly, problem, canReplace: found !== undefined && found.count > 0 && !this.isSearching && !this.isAtWork, strings,
          onQuery: (change) => { this.query = { ...this.query, ...change }; }, onReplacement: (text) => { this.replacement = text; }, onToggle: () => void this.#toggleReplace(), onReplaceAll: () => void this.#replace(),
          onClose: () => this.dispatchEvent(new CustomEvent('find-close')),
        })}
        ${replacedList({ replaced: this.replaced, files: this.files, strings, locale, onUndo: (undone) => this.#undo(undone) })}
        ${foundList({
          // That nothing is left of what was replaced is no news, and no failure.
          isReplaced: this.replaced.length > 0 && this.#replacedBy === this.#foundBy,
          found, query, problem, isSearching: this.isSearching, shown: this.shown, strings, locale, preview: isReplacing && this.#foundBy ? (text, match) => this.#foundBy!.replace(text, match, replacement) : undefined,
          onOpen: (detail) => this.dispatchEvent(new CustomEvent<FindOpen>('find-open', { detail })), onReplace: (path) => void this.#replace(path), onMore: () => { this.shown += shownStep; },
        })}
      </section>`;
  }

  #read(): void {
    [this.#matcher, this.problem, this.shown] = [undefined, undefined, shownStep];
    if (this.query.text === '') return;
    try {
      this.#matcher = createMatcher(this.query);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      this.problem = error.problem;
    }
  }

  #schedule(): void {
    this.#searching.abort();
    clearTimeout(this.#timer);
    this.isSearching = this.#matcher !== undefined;
    if (this.#matcher) this.#timer = setTimeout(() => void this.#search(), pauseMs);
    else this.found = undefined;
  }

  async #search(): Promise<void> {
    const matcher = this.#matcher;
    if (!matcher) return;
    this.#searching = new AbortController();
    const found = await searchFiles(this.files, matcher, this.#searching.signal);
    if (!found) return;
    [this.found, this.#foundBy] = [found, matcher];
    this.isSearching = false;
  }

  /** In one file, or in all: as they are now, whatever was shown of them. */
  async #replace(only?: string): Promise<void> {
    const matcher = this.#matcher;
    if (!matcher || this.readonly || this.isAtWork) return;
    const { replacement } = this;
    const chosen = this.files.filter(({ path, encoding }) => !encoding && (only === undefined || path === only));
    const [made, pace]: [Replaced[], ReturnType<typeof createPace>] = [[], createPace()];
    this.isAtWork = true;
    try {
      for (const { path, content: before } of chosen) {
        const { content: after, places } = await replaceIn(before, matcher, replacement, pace);
        if (before !== after) made.push({ path, before, after, places });
      }
    } finally {
      this.isAtWork = false;
    }
    // Who is closed no longer hears what is typed, and has nowhere to take it back.
    if (!this.isConnected) return;
    // What somebody has typed meanwhile stands: asked last, since the page has its turns until the last file is made.
    const replaced = made.filter(({ path, before }) => this.#isStill(path, before));
    if (replaced.length === 0) return;
    [this.replaced, this.#replacedBy] = [replaced, matcher];
    for (const { path, after } of replaced) this.dispatchEvent(new CustomEvent<FindReplace>('find-replace', { detail: { path, content: after } }));
  }

  #isStill(path: string, text: string): boolean { return this.files.some((file) => file.path === path && file.content === text); }

  #undo(undone: readonly Replaced[]): void {
    this.replaced = this.replaced.filter((one) => !undone.includes(one));
    for (const { path, before, after } of undone) {
      if (this.#isStill(path, after)) this.dispatchEvent(new CustomEvent<FindReplace>('find-replace', { detail: { path, content: before } }));
    }
    this.focus();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.dispatchEvent(new CustomEvent('find-close'));
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>('.results button.row')];
    const from = rows.indexOf(this.shadowRoot!.activeElement as HTMLElement);
    const next = from + step;
    event.preventDefault();
    if (next < 0) this.focus();
    else rows[Math.min(next, rows.length - 1)]?.focus();
  };
}

const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

declare global {
  interface HTMLElementTagNameMap { 'fapi-find': FapiFind }
}
