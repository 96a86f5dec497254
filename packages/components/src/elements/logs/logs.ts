import type { FapiClient } from '@fapi/sdk';
import { logLevels } from '@fapi/sdk/contract';
import type { LogLevel, LogTail } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { addEnglish } from '../../catalogues.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import type { Seen } from '../../controllers/app-store.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import type { Place } from '../../draft-places.ts';
import { emit } from '../../events.ts';
import type { FapiEvent, Period } from '../../events.ts';
import { formatNumber } from '../../format.ts';
import { errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { findingEnglish } from '../../strings/findings.ts';
import { logsEnglish } from '../../strings/logs.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { formStyles } from '../../styles/forms.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { ErrorAnnouncer } from './error-announcer.ts';
import { filterBar } from './filter-bar.ts';
import { createPlaces, placeOfTraceback } from './frame-place.ts';
import type { PlaceOf } from './frame-place.ts';
import { lineDetail, textOf } from './line-detail.ts';
import { onListKey } from './list-keys.ts';
import { ListWindow } from './list-window.ts';
import { logRow } from './log-row.ts';
import { logsStyles } from './logs.styles.ts';
import { createOutput } from './output.ts';
import type { ShownOutput } from './output.ts';
import { RowSelection } from './row-selection.ts';
import { findDuring, keysToOpen } from './rows.ts';
import type { Row } from './rows.ts';
import { trouble } from './trouble.ts';
import type { WrapChoice } from './wrap-choice.ts';

addEnglish(logsEnglish);
addEnglish(findingEnglish);

const readLines = 2_000;
/** Not by the draft: where its frames lead to is looked up when the lines are drawn. */
const drawnBy = ['logs', 'droppedLines', 'forgottenLines', 'output', 'connection', 'app', 'deployment'] as const;
type Snapshot = Seen<(typeof drawnBy)[number]>;

/**
 * @summary What the app prints, newest at the end: followed or paused, by level and by deploy, searched, with tracebacks folded and their own frames as links into the editor.
 * @tag fapi-logs
 * @attr app-id - The app.
 * @attr level - Only lines that are at least so grave: `warning` or `error`. A traceback is one error.
 * @attr generation - Only lines of the deploy with this number.
 * @attr query - What is looked for in the lines, whatever the case of its letters.
 * @attr paused - The list stays where it is when lines come. It is set by scrolling up and taken away at the end of the list.
 * @attr wrap - Lines that are longer than the list go on below; what somebody chose is remembered.
 * @attr storage-key - Under which key of localStorage that is; empty for nowhere.
 * @fires {CustomEvent<{appId, file, line, column}>} fapi-open-location - A frame was chosen; fapi-editor of the same app opens it.
 * @fires {CustomEvent<{appId, isFollowing}>} fapi-follow-change - The list follows what is printed, or does not any more.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart filter - What chooses lines and looks in them.
 * @csspart line - A line.
 * @csspart detail - The chosen line, whole.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 * @cssprop [--fapi-logs-height=240px] - Height of the lines.
 */
export class FapiLogs extends LitElement {
  static override styles = [...base, controls, formStyles, noticeStyles, logsStyles];
  static override properties = {
    appId: { type: String, attribute: 'app-id' }, level: { type: String }, generation: { type: Number }, query: { type: String }, paused: { type: Boolean, reflect: true }, wrap: { type: Boolean, reflect: true }, storageKey: { type: String, attribute: 'storage-key' }, client: { attribute: false },
    cleared: { state: true }, open: { state: true },
  };

  declare appId: string | undefined;
  declare level: LogLevel | undefined;
  declare generation: number | undefined;
  declare query: string;
  declare paused: boolean;
  declare wrap: boolean;
  declare storageKey: string;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  /** The last line of those that are shown no more. */
  declare cleared: number;
  /** Keys of the folds that are open. */
  declare open: ReadonlySet<string>;

  readonly #app = new AppStoreController(this, { sees: drawnBy });
  readonly #window = new ListWindow(this, (isFollowing) => this.#setFollowing(isFollowing));
  readonly #selection = new RowSelection(this, () => this.#shown.rows);
  #wrap: WrapChoice | undefined;
  readonly #announcer = new ErrorAnnouncer(this);
  readonly #older = new LoadedController<LogTail>(this, (signal) => this.#app.client!.logs.read(this.appId!, { limit: readLines, generation: this.generation, level: this.#level }, { signal }));
  readonly #read = createOutput();
  readonly #readAll = createOutput();
  #shown: ShownOutput = { entries: [], rows: [], search: undefined, finds: [] };
  #drawnFrom = 0;
  #at = -1;
  /** The last line there was when the list was paused: what came since is new. */
  #seenSeq = 0;
  #isHeld = false;
  #toReveal: string | undefined;
  /** Of a request whose error is to be shown. */
  #during: Period | undefined;

  constructor() {
    super();
    [this.query, this.paused, this.wrap, this.storageKey, this.open, this.cleared] = ['', false, false, 'fapi-logs', new Set(), 0];
  }

  /** Leaves the list where it is while lines come. */
  pause(): void { this.#setFollowing(false); }

  /** Goes to the newest line, and on with what comes. */
  follow(): void {
    this.#during = undefined;
    this.#setFollowing(true);
  }

  /** Shows the errors of all deploys, each traceback one of them, with the newest in sight; or the first one of a period, as soon as it is here. */
  showErrors(during?: Period): void {
    [this.level, this.generation, this.query] = ['error', undefined, ''];
    this.follow();
    this.#during = during;
    this.requestUpdate();
  }

  /** Empties the list: what is printed from now on is shown. Nothing is deleted; the next page has it all again. */
  clear(): void {
    this.cleared = this.#app.snapshot?.logs.at(-1)?.seq ?? this.cleared;
    this.#at = -1;
    this.#selection.leave();
    this.follow();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.ownerDocument.addEventListener('fapi-open-logs', this.#onErrors);
    // Where it cannot be had lines stay as they are.
    void import('./wrap-choice.ts').then((found) => { this.#wrap ??= new found.WrapChoice(this, { client: () => this.#app.client, window: this.#window }); }).catch(() => undefined);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ownerDocument.removeEventListener('fapi-open-logs', this.#onErrors);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('appId')) {
      this.#during = undefined;
      [this.open, this.#at, this.cleared] = [new Set(), -1, 0];
      this.#selection.leave();
      this.#announcer.forget();
    }
    if (changed.has('query')) this.#at = -1;
  }

  protected override render(): TemplateResult {
    return whenReady(this.#app, this.appId, 3, (snapshot) => this.#log(snapshot));
  }

  protected override updated(): void {
    const { rows } = this.#shown;
    this.#showDuring(rows);
    this.#window.settle(this.renderRoot, rows, this.#drawnFrom, !this.paused);
    const index = this.#selection.indexOf(this.#toReveal);
    this.#toReveal = undefined;
    if (index !== -1) this.#window.reveal(index);
  }

  /** Not in `willUpdate`, which comes before the store of the app: an app that says nothing more would stay as it was then. */
  #see(snapshot: Snapshot): void {
    const { logs } = snapshot;
    const { strings } = this.#app;
    if (this.paused && !this.#isHeld) this.#seenSeq = logs.at(-1)?.seq ?? 0;
    this.#isHeld = this.paused;
    if (snapshot.output.state !== 'loading') this.#announcer.see(this.#readAll({ lines: logs, older: [], level: undefined, generation: undefined, query: '', open: this.open, cleared: 0, strings }).entries, strings);
    const { generation, query, open, cleared } = this;
    const older = (this.#asksItself(snapshot) ? this.#older.value?.lines : undefined) ?? none;
    this.#shown = this.#read({ lines: logs, older, level: this.#level, generation, query, open, cleared, strings });
  }

  #log(snapshot: Snapshot): TemplateResult {
    this.#see(snapshot);
    const { strings, locale } = this.#app;
    const { logs, droppedLines, forgottenLines } = snapshot;
    const { spoken } = this.#announcer;
    const fresh = this.paused ? logs.length - 1 - logs.findLastIndex(({ seq }) => seq <= this.#seenSeq) : 0;
    return html`
      <section class="root" part="root" aria-label=${strings.logs}>
        <header part="header"><h2>${strings.logs}</h2><span class="grow"></span>
          ${droppedLines > 0 ? html`<span class="secondary">${strings.droppedLines(formatNumber(droppedLines, locale))}</span>` : nothing}
          ${fresh > 0 ? html`<button type="button" data-new @click=${() => this.follow()}>${strings.logsNew(formatNumber(fresh, locale), fresh === 1)}</button>` : nothing}
          ${this.#wrap ? html`<button type="button" data-wrap aria-pressed=${this.wrap} @click=${() => this.#wrap!.choose(!this.wrap)}>${strings.logsWrap}</button>` : nothing}
          <button type="button" data-pause aria-pressed=${this.paused} @click=${() => this.#setFollowing(this.paused)}>${this.paused ? strings.logsFollow : strings.logsPause}</button>
        </header>
        ${filterBar({
          level: this.#level, generation: this.generation, generations: generationsOf(snapshot, this.generation), query: this.query, finds: this.#shown.finds.length, at: this.#at, strings, locale,
          onLevel: (level) => { this.level = level; }, onGeneration: (generation) => { this.generation = generation; }, onQuery: (query) => { this.query = query; }, onStep: (step) => this.#step(step), onLeave: () => this.#leaveSearch(),
        })}
        ${trouble(snapshot, this.#app, this.#asksItself(snapshot) && logs.length > 0 ? this.#older.error : undefined, strings, locale)}
        ${forgottenLines > 0 && this.cleared === 0 ? html`<p class="note secondary">${strings.logsForgotten(formatNumber(forgottenLines, locale), forgottenLines === 1)}</p>` : nothing}
        ${this.#lines(snapshot)}
        <p class="visually-hidden" role="status" data-errors>${spoken === undefined ? nothing : spoken.count === 1 ? strings.logsError(spoken.text) : strings.logsErrors(formatNumber(spoken.count, locale), spoken.text)}</p>
      </section>`;
  }

  #lines(snapshot: Snapshot): TemplateResult {
    const { strings, locale } = this.#app;
    const { rows, search } = this.#shown;
    const asks = this.#asksItself(snapshot);
    if (asks) this.#older.see(`${this.appId} ${this.#level} ${this.generation}`, snapshot.output.state);
    if (rows.length === 0) {
      if (asks && this.#older.error !== undefined && snapshot.logs.length === 0) return errorNotice(this.#older.error, strings, locale, () => void this.#older.reload());
      if (asks ? this.#older.value === undefined && this.#older.error === undefined : snapshot.output.state === 'loading') return skeleton(strings, 3, true);
      return this.#isFiltered ? notice(strings.logsNothingFits, strings.logsNothingFitsText, html`<button type="button" @click=${() => { [this.level, this.generation] = [undefined, undefined]; }}>${strings.logsShowAll}</button>`) : notice(strings.noLogsTitle, strings.noLogsText);
    }
    const { from, to } = this.#window.range(rows, !this.paused);
    this.#drawnFrom = from;
    const { key, index: current, range: [first, last] } = this.#selection;
    const placeOf = createPlaces(this.#app.store!.snapshot);
    const options = {
      search, placeOf, isWrapped: this.#wrap?.isOn === true, open: this.open, current: key, isSelected: (index: number) => index >= first && index <= last, strings, locale,
      onToggle: (key: string) => this.#toggle(key), onPlace: (place: Place) => this.#goTo(place),
    };
    return html`
      <div class="lines" ?data-wrap=${this.#wrap?.isOn} role="treegrid" aria-label=${strings.logs} aria-multiselectable="true" aria-rowcount=${rows.length} aria-activedescendant=${current >= from && current < to ? key! : nothing} tabindex="0"
        @scroll=${this.#window.onScroll} @click=${this.#onClick} @keydown=${(event: KeyboardEvent) => this.#onKey(event, placeOf)} @copy=${this.#onCopy}>
        <div class="all" role="presentation"><div class="drawn" role="rowgroup">${repeat(rows.slice(from, to), ({ key }) => key, (row, index) => logRow(row, from + index, options))}</div></div>
      </div>
      ${current === -1 ? nothing : lineDetail({ row: rows[current]!, selected: this.#selection.rows, placeOf, strings, locale, onPlace: options.onPlace, onClose: () => void this.#close() })}`;
  }

  /** `info` is everything, and so is what is no level. */
  get #level(): LogLevel | undefined { return logLevels.slice(1).find((one) => one === this.level); }

  get #isFiltered(): boolean { return this.#level !== undefined || this.generation !== undefined; }

  /** What is asked for may be older than what the page holds; and where that could not be read, it is tried again. */
  #asksItself({ output }: Pick<AppSnapshot, 'output'>): boolean { return this.#isFiltered || output.state === 'failed'; }

  #setFollowing(isFollowing: boolean): void {
    if (this.paused === !isFollowing) return;
    this.paused = !isFollowing;
    if (this.appId) emit(this, 'fapi-follow-change', { appId: this.appId, isFollowing });
  }

  /** Who goes elsewhere meanwhile is not taken back. */
  #showDuring(rows: readonly Row[]): void {
    if (this.level !== 'error' || this.generation !== undefined || this.query !== '') this.#during = undefined;
    const row = this.#during && findDuring(rows, this.#during);
    if (!row) return;
    this.open = new Set([...this.open, row.key]);
    this.#choose(rows.indexOf(row), false);
    this.#setFollowing(false);
  }

  #choose(index: number, isExtending: boolean): void {
    this.#during = undefined;
    const row = this.#shown.rows[index];
    if (!row) return;
    this.#selection.choose(row.key, isExtending);
    this.#toReveal = row.key;
    this.#setFollowing(index === this.#shown.rows.length - 1);
  }

  #toggle(key: string): void {
    const open = new Set(this.open);
    if (!open.delete(key)) open.add(key);
    this.open = open;
    // Who reads in a fold is not taken away from it.
    this.#setFollowing(false);
  }

  #step(step: 1 | -1): void {
    const { finds } = this.#shown;
    if (finds.length === 0) return;
    // The newest first: that is where the reader is.
    this.#at = this.#at === -1 ? (step === 1 ? finds.length - 1 : 0) : (this.#at + step + finds.length) % finds.length;
    const { entry, line } = finds[this.#at]!;
    this.open = new Set([...this.open, ...keysToOpen(entry, line)]);
    this.#toReveal = `line-${line.seq}`;
    this.#selection.choose(this.#toReveal);
    this.#setFollowing(false);
  }

  #leaveSearch(): void {
    if (this.query === '') this.#box?.focus();
    this.query = '';
  }

  #close(): boolean {
    const wasChosen = this.#selection.leave();
    this.#box?.focus();
    return wasChosen;
  }

  #goTo(place: Place): void {
    if (this.appId) emit(this, 'fapi-open-location', { appId: this.appId, ...place });
  }

  #onKey(event: KeyboardEvent, placeOf: PlaceOf): void {
    const { rows } = this.#shown;
    const isOurs = onListKey(event, {
      rows, current: this.#selection.index, open: this.open, pageRows: this.#window.pageRows,
      onMove: (index, isExtending) => this.#choose(index, isExtending), onToggle: (key) => this.#toggle(key), onEnter: (row) => this.#enter(row, placeOf),
      onAll: () => this.#selection.chooseAll(),
      onSearch: () => this.renderRoot.querySelector<HTMLInputElement>('input[name=query]')?.select(),
      onLeave: () => this.#close(),
    });
    if (!isOurs) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #enter({ key, kind, entry, line }: Row, placeOf: PlaceOf): void {
    const place = !entry.isTraceback || kind === 'noise' ? undefined : kind === 'traceback' ? placeOfTraceback(entry, placeOf) : placeOf(entry, line);
    if (place) this.#goTo(place);
    else if (kind !== 'line') this.#toggle(key);
  }

  readonly #onClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    const row = target.closest('.line');
    if (row && !target.closest('button')) this.#choose(this.#selection.indexOf(row.id), event.shiftKey);
  };

  /** What somebody has marked with the pointer is theirs to copy; else it is the lines that are selected, whole. */
  readonly #onCopy = (event: ClipboardEvent): void => {
    const { rows } = this.#selection;
    if (rows.length === 0 || String(this.ownerDocument.getSelection()) !== '') return;
    event.clipboardData?.setData('text/plain', textOf(rows, this.#app.strings));
    event.preventDefault();
  };

  readonly #onErrors = ({ detail: { appId, during } }: FapiEvent<'fapi-open-logs'>): void => { if (appId === this.appId) this.showErrors(during); };

  get #box(): HTMLElement | null { return this.renderRoot.querySelector('.lines'); }
}

const none: readonly never[] = [];

/** Deploys that something is printed of, or may be: the newest first. */
function generationsOf({ logs, app, deployment }: Snapshot, chosen: number | undefined): number[] {
  return [...new Set([...logs.map(({ generation }) => generation), app?.live?.generation, deployment?.generation, chosen].filter((one) => one !== undefined))].toSorted((a, b) => b - a);
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-logs': FapiLogs }
}
