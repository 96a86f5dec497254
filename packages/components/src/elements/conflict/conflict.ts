import type { AppFile } from '@fapi/sdk/contract';
import type { Conflict } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { codePhrasesFor } from '../../code-phrases.ts';
import { ClockController } from '../../controllers/clock.ts';
import { keepKeysInside } from '../../controllers/key-guard.ts';
import { consumeLocale } from '../../controllers/locale.ts';
import type { Choice, Panes, PanesWords, Side } from '../../editor/conflict/conflict.ts';
import { conflictEnglish } from '../../strings/conflict.ts';
import { tellError } from '../../events.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { codeStyles } from '../code/code.styles.ts';
import { conflictStyles } from './conflict.styles.ts';
import { Decisions } from './decisions.ts';
import type { Decision, TextDecision } from './decisions.ts';
import { fileList } from './file-list.ts';
import { conflictHead } from './head.ts';
import { placeBar } from './place-bar.ts';
import { sidePanes } from './side-panes.ts';
import { wholeChoice } from './whole-choice.ts';

addEnglish(conflictEnglish);

/** What `conflict-done` carries: the files that were made of both sides, for the version that they were made for. */
export interface ConflictDone { readonly version: number; readonly files: readonly AppFile[] }

/**
 * @summary Makes one draft of two, for fapi-editor: file by file and place by place, with what was before, theirs, mine and the result.
 * @tag fapi-conflict
 * @fires {CustomEvent} conflict-later - It is put off; does not leave the editor.
 * @fires {CustomEvent<ConflictDone>} conflict-done - All is decided; does not leave the editor.
 * @csspart files - The files to decide.
 * @csspart side - One of the three sides.
 * @csspart result - What becomes of the file.
 * @cssprop --fapi-code-surface - Background.
 * @cssprop --fapi-code-text - Text.
 * @cssprop --fapi-code-gutter - Line numbers.
 * @cssprop --fapi-code-line - The line of the cursor.
 * @cssprop --fapi-code-selection - What is selected.
 * @cssprop --fapi-code-match - What was searched for, and the other one of a pair of brackets.
 * @cssprop --fapi-code-keyword - Keywords.
 * @cssprop --fapi-code-string - Strings.
 * @cssprop --fapi-code-number - Numbers.
 * @cssprop --fapi-code-comment - Comments.
 * @cssprop --fapi-code-function - Names of functions.
 * @cssprop --fapi-code-type - Names of classes and types.
 * @cssprop --fapi-code-decorator - Decorators.
 * @cssprop --fapi-code-punctuation - Brackets and operators.
 * @cssprop --fapi-code-size - Size of the text.
 */
export class FapiConflict extends LitElement {
  static override styles = [...base, controls, codeStyles, conflictStyles];
  static override properties = { conflict: { attribute: false }, mine: { attribute: false }, at: { state: true }, place: { state: true }, side: { state: true } };

  /** What somebody else has saved, and what both began with. */
  declare conflict: Conflict | undefined;
  /** The files of this side. */
  declare mine: readonly AppFile[];
  /** Which file, which place in it, and which side where there is room for one only. */
  declare at: number;
  declare place: number;
  declare side: Side;

  readonly #locale = consumeLocale(this);
  readonly #clock = new ClockController(this, () => this.conflict !== undefined);
  #decisions: Decisions | undefined;
  #panes: Panes | undefined;
  #isLoading = false;
  #shown: { decision: TextDecision; place: number } | undefined;

  constructor() {
    super();
    [this.mine, this.at, this.place, this.side] = [[], 0, 0, 'theirs'];
    keepKeysInside(this);
    this.addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('beforeunload', this.#onUnload);
    queueMicrotask(() => {
      if (!this.isConnected) this.#dropPanes();
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#guard();
  }

  /** To the heading of the file to decide. */
  override focus(): void { this.renderRoot.querySelector<HTMLElement>('h3')?.focus(); }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { conflict, mine } = this;
    // What was decided is of the version that it was decided of, however often they save meanwhile: when it is used, what came since is merged into it.
    if (!conflict || (!changed.has('conflict') && !changed.has('mine')) || this.isTouched) return;
    const shown = this.#decisions?.files[this.at]?.conflict.path;
    this.#decisions = new Decisions(conflict, mine);
    // Who has only looked goes on looking there.
    const at = this.#decisions.files.findIndex((decision) => decision.conflict.path === shown);
    const now = this.#decisions.files[at];
    [this.at, this.place] = now ? [at, now.kind === 'text' ? Math.min(this.place, now.places.length - 1) : 0] : [0, 0];
  }

  /** Something was decided or typed in here. */
  get isTouched(): boolean { return this.#decisions?.isTouched ?? false; }

  /** The version that was decided of is not the newest. */
  get #isBehind(): boolean {
    const [known, newest] = [this.#decisions?.conflict, this.conflict];
    return known?.version !== newest?.version || known?.theirs !== newest?.theirs;
  }

  protected override render(): unknown {
    const [decisions, { strings, locale }] = [this.#decisions, this.#locale];
    if (!this.conflict || !decisions) return nothing;
    const now = decisions.files[this.at];
    return html`
      <section class="root" aria-labelledby="title">
        ${conflictHead({ decisions, isBehind: this.#isBehind, now: this.#clock.now(), strings, locale, onLater: () => this.dispatchEvent(new CustomEvent('conflict-later')), onFinish: () => this.#finish() })}
        <div class="parts">
          ${fileList({ files: decisions.files, at: this.at, strings, locale, onChoose: (at) => this.#go(at, 0) })}
          <div class="file">${now ? this.#file(now) : nothing}</div>
        </div>
      </section>`;
  }

  #file(now: Decision): TemplateResult {
    const { strings, locale } = this.#locale;
    if (now.kind === 'whole') return wholeChoice({ decision: now, strings, onChoose: (choice) => { now.choice = choice; this.#decide(); } });
    return html`
      ${placeBar({ decision: now, place: this.place, strings, locale, onStep: (step) => this.#step(step), onChoose: (choice) => this.#choose(choice) })}
      ${sidePanes({ path: now.conflict.path, side: this.side, strings, onSide: (side) => { this.side = side; } })}`;
  }

  protected override updated(): void {
    const now = this.#decisions?.files[this.at];
    if (now?.kind !== 'text') return this.#dropPanes();
    if (this.#panes) this.#show(now);
    else if (!this.#isLoading) void this.#load().catch((error: unknown) => tellError(this, error));
  }

  #show(now: TextDecision): void {
    if (this.#shown?.decision !== now) this.#panes!.open({ path: now.conflict.path, pieces: now.conflict.pieces, text: now.text, places: now.places });
    if (this.#shown?.decision !== now || this.#shown.place !== this.place) this.#panes!.show(this.place);
    this.#panes!.setWords(this.#words);
    this.#shown = { decision: now, place: this.place };
  }

  get #words(): PanesWords {
    const { strings, locale } = this.#locale;
    return { labels: { base: strings.sideBase, theirs: strings.sideTheirs, mine: strings.sideMine, result: strings.sideResult }, phrases: codePhrasesFor(locale, () => this.requestUpdate()) };
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    // What cannot be had is not asked for with each drawing.
    const { createPanes } = await import('../../editor/conflict/conflict.ts');
    this.#isLoading = false;
    await this.updateComplete;
    const now = this.#decisions?.files[this.at];
    if (!this.isConnected || this.#panes || now?.kind !== 'text') return;
    const parentOf = (name: string): HTMLElement => this.renderRoot.querySelector<HTMLElement>(`[data-pane=${name}] > .view`)!;
    this.#panes = createPanes({
      root: this.renderRoot as ShadowRoot,
      parents: { base: parentOf('base'), theirs: parentOf('theirs'), mine: parentOf('mine'), result: parentOf('result') },
      words: this.#words, onTabFocus: () => undefined,
      onChange: (path, text, places) => {
        const decision = this.#decisions?.files.find((one): one is TextDecision => one.kind === 'text' && one.conflict.path === path);
        if (!decision) return;
        [decision.text, decision.places] = [text, places];
        this.#guard();
        this.requestUpdate();
      },
    });
    this.#show(now);
  }

  /** Both sides are kept over a reload; what a hand has made of them is only here. */
  #guard(): void {
    if (this.#decisions?.isTyped && this.isConnected) addEventListener('beforeunload', this.#onUnload);
    else removeEventListener('beforeunload', this.#onUnload);
  }

  readonly #onUnload = (event: Event): void => event.preventDefault();

  /** Its boxes are gone, and what was decided is not. */
  #dropPanes(): void {
    this.#panes?.destroy();
    this.#panes = undefined;
    this.#shown = undefined;
  }

  #choose(choice: Choice): void {
    if (!this.#panes) return;
    this.#panes.choose(this.place, choice);
    if (choice === 'hand') this.#panes.edit(this.place);
    else this.#decide();
  }

  /** On to what is not decided, after a moment in which the choice is seen to be made: the focus stays on its button. */
  #decide(): void {
    this.requestUpdate();
    const next = this.#find(1, true);
    if (next) this.#go(next.at, next.place);
  }

  #step(step: 1 | -1): void {
    const next = this.#find(step, false);
    if (next) this.#go(next.at, next.place);
  }

  /** The next stop from here, around the end; only an open one when asked. */
  #find(step: 1 | -1, isOpen: boolean): { at: number; place: number } | undefined {
    const stops = this.#decisions!.files.flatMap((decision, at) => (decision.kind === 'whole' ? [{ at, place: 0, choice: decision.choice }] : decision.places.map(({ choice }, place) => ({ at, place, choice }))));
    const here = stops.findIndex(({ at, place }) => at === this.at && place === this.place);
    const around = stops.map((_, index) => stops.at((here + step * (index + 1)) % stops.length)!);
    return around.find(({ choice }) => !isOpen || choice === undefined);
  }

  #go(at: number, place: number): void { [this.at, this.place] = [at, place]; }

  #finish(): void {
    const decisions = this.#upToDate();
    if (!decisions || decisions.left > 0) return this.#decide();
    this.dispatchEvent(new CustomEvent<ConflictDone>('conflict-done', { detail: { version: decisions.conflict.version, files: decisions.resolved() } }));
  }

  /** What was decided, once all of it is: of what there is now. */
  #upToDate(): Decisions | undefined {
    const [decisions, { conflict, mine }] = [this.#decisions, this];
    if (!decisions || !conflict || decisions.left > 0 || (!this.#isBehind && decisions.mine === mine)) return decisions;
    const next = decisions.onto(conflict, mine);
    // Who saves it may refuse, and then it is still what was decided.
    if (next.left === 0) return next;
    this.#decisions = next;
    [this.at, this.place] = [0, 0];
    this.#guard();
    return next;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'F7' || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#step(event.shiftKey ? -1 : 1);
  };
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-conflict': FapiConflict }
}
