import type { FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { AppListController } from '../../controllers/app-list.ts';
import { ClockController } from '../../controllers/clock.ts';
import { FocusHeirController } from '../../controllers/focus-heir.ts';
import { consumeLocale } from '../../controllers/locale.ts';
import { MenuController } from '../../controllers/menu.ts';
import { RememberedController } from '../../controllers/remembered.ts';
import { emit, tellError } from '../../events.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import { awayBar, errorBar, errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { appsEnglish } from '../../strings/apps.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { formStyles } from '../../styles/forms.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { statusStyles } from '../../styles/status.ts';
import { AppActs } from './acts.ts';
import type { Open } from './app-item.ts';
import { appListView } from './app-list-view.ts';
import { menuStyles } from '../../styles/menu.ts';
import { appsStyles } from './apps.styles.ts';
import { createDialog } from './create-dialog.ts';
import type { Starter } from './create-dialog.ts';
import { deletedApps } from './deleted-apps.ts';
import { firstApp } from './first-app.ts';
import { onListKey, onSearchKey } from './list-keys.ts';

addEnglish(appsEnglish);

/** More than a person reads at once; the rest is a click or a search away. */
const shownAtOnce = 100;
type View = 'cards' | 'table';

/**
 * @summary The apps that the builder may see: search, create from a starter, clone, rename, delete with undo, restore.
 * @tag fapi-apps
 * @attr selected - Id of the app that is marked as chosen; set when one is chosen, and by the page.
 * @attr view - `cards` or `table`; what the builder chose is remembered.
 * @attr storage-key - Under which key of localStorage that is; empty for nowhere.
 * @attr readonly - Shows and chooses only.
 * @fires {CustomEvent<{apps}>} fapi-apps-change - The list was read, or is another one.
 * @fires {CustomEvent<{appId, app}>} fapi-app-select - One was chosen, created or cloned.
 * @fires {CustomEvent<{title, files}>} fapi-app-create-request - Before one is created; cancelable.
 * @fires {CustomEvent<{appId, app}>} fapi-app-create - It was created, and chosen.
 * @fires {CustomEvent<{appId, from}>} fapi-app-clone-request - Before one is cloned; cancelable.
 * @fires {CustomEvent<{appId, app}>} fapi-app-clone - `appId` was cloned as `app`.
 * @fires {CustomEvent<{appId}>} fapi-app-delete-request - Before one is deleted; cancelable.
 * @fires {CustomEvent<{appId}>} fapi-app-delete - It was deleted.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The list is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart list - The list.
 * @csspart app - An app.
 * @csspart dialog - The dialog of a new app.
 * @csspart status - What an app does, in a word and a shape.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 */
export class FapiApps extends LitElement {
  static override styles = [...base, controls, statusStyles, noticeStyles, formStyles, menuStyles, appsStyles];
  static override properties = {
    client: { attribute: false }, starters: { attribute: false }, hrefOf: { attribute: false }, selected: { type: String, reflect: true }, view: { type: String }, storageKey: { type: String, attribute: 'storage-key' }, readonly: { type: Boolean, reflect: true },
    query: { state: true }, open: { state: true }, shown: { state: true }, isActing: { state: true }, failure: { state: true }, deleted: { state: true }, gone: { state: true }, isCreating: { state: true },
  };

  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  /** What a new app can begin with; a hello app when there is none. */
  declare starters: readonly Starter[];
  /** Where a page shows an app, for pages whose apps have addresses: names are links then. */
  declare hrefOf: ((app: App) => string) | undefined;
  declare selected: string | undefined;
  declare view: View;
  declare storageKey: string;
  declare readonly: boolean;
  declare query: string;
  declare open: { appId: string; what: Open } | undefined;
  declare shown: number;
  declare isActing: boolean;
  declare failure: unknown;
  /** What can be restored, while that is what is shown. */
  declare deleted: readonly App[] | undefined;
  /** What was deleted last, to be had back with one click. */
  declare gone: App | undefined;
  declare isCreating: boolean;

  readonly #apps = new AppListController(this);
  readonly #acts = new AppActs(this, this.#apps, (app) => this.#select(app));
  readonly #locale = consumeLocale(this);
  readonly #menu = new MenuController(this);
  readonly #remembered = new RememberedController(this, { key: () => this.storageKey, client: () => this.#apps.client, onOther: () => this.#recall(this.#given) });
  /** By the page, for who has chosen nothing. */
  #given: View = 'cards';
  #told: readonly App[] | undefined;
  #toldFailure: unknown;
  #isErrorTold = false;
  readonly #clock = new ClockController(this, () => this.#apps.list.apps.length > 0);

  constructor() {
    super();
    this.starters = [];
    this.view = 'cards';
    this.storageKey = 'fapi-apps';
    this.readonly = false;
    this.query = '';
    this.shown = shownAtOnce;
    this.isActing = false;
    this.isCreating = false;
    new FocusHeirController(this, { from: '[data-retry]', to: ['.search', '.new', '.list [data-open]'] });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.hasUpdated) this.#given = this.view;
    this.#recall(this.view);
  }

  /** The apps as they are known now, newest first. */
  get apps(): readonly App[] { return this.#apps.list.apps; }

  /** Opens the dialog of a new app. */
  showCreate(): void {
    this.failure = undefined;
    this.isCreating = true;
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#tell();
    if (changed.has('isCreating') && this.isCreating) this.renderRoot.querySelector('dialog')?.showModal();
    if (changed.has('open')) this.#moveFocus(changed.get('open'));
    if (changed.has('gone') && this.gone) this.renderRoot.querySelector<HTMLElement>('[data-undo]')?.focus();
    if (changed.has('selected') && this.selected) this.renderRoot.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  protected override render(): TemplateResult {
    const { strings, locale } = this.#locale;
    const { isRead, error, isTrying, isReconnecting, apps } = this.#apps.list;
    if (!this.#apps.client) return notice(strings.notConnectedTitle, strings.notConnectedText);
    if (error !== undefined && !isRead) return errorNotice(error, strings, locale, () => this.#apps.retry());
    return html`
      <section class="root" part="root" aria-label=${strings.apps}>
        ${this.#header(apps.length)}
        ${this.#bars(isTrying, isRead && isReconnecting && !this.#apps.isAwayTold, error)}
        ${this.deleted ? deletedApps({ apps: this.deleted, isBusy: this.isActing, strings, locale, onRestore: (app) => void this.#acts.restore(app) }) : !isRead ? (isTrying ? nothing : skeleton(strings, 6, true)) : this.#list(apps)}
        ${this.readonly || !isRead ? nothing : html`<footer><button type="button" class="quiet" aria-pressed=${this.deleted !== undefined} @click=${() => void this.#acts.toggleDeleted()}>${this.deleted ? icons.back : icons.remove}${this.deleted ? strings.backToApps : strings.deletedApps}</button></footer>`}
        ${this.isCreating ? createDialog({ starters: this.starters, isBusy: this.isActing, failure: this.failure, strings, locale, onCreate: (title, starter) => void this.#acts.create(title, starter), onClose: () => this.#closeDialog() }) : nothing}
      </section>`;
  }

  #header(count: number): TemplateResult {
    const { strings, locale } = this.#locale;
    const toggled = this.view === 'cards' ? 'table' : 'cards';
    // Where there is nothing else, the way to a first app stands there once.
    const isBare = this.#apps.list.isRead && count === 0 && !this.deleted;
    const label = toggled === 'table' ? strings.asTable : strings.asCards;
    return html`<header part="header">
      <h2>${strings.apps}${count > 0 ? html`<span class="number" title=${strings.appCount(formatNumber(count, locale), count === 1)}>${formatNumber(count, locale)}</span>` : nothing}</h2>
      ${count > 0 ? html`
        <input class="search" type="search" aria-label=${strings.searchApps} placeholder=${strings.searchApps} autocomplete="off" .value=${this.query} @input=${(event: Event) => this.#search((event.target as HTMLInputElement).value)} @keydown=${(event: KeyboardEvent) => onSearchKey(event, this.renderRoot)}>
        <button type="button" class="quiet icon-only" aria-label=${label} title=${label} @click=${() => this.#show(toggled)}>${toggled === 'table' ? icons.table : icons.cards}</button>` : nothing}
      ${this.readonly || isBare ? nothing : html`<button type="button" class="new" @click=${() => this.showCreate()}>${icons.add}${strings.newApp}</button>`}
    </header>`;
  }

  #bars(isTrying: boolean, isReconnecting: boolean, error: unknown): unknown {
    const { strings } = this.#locale;
    return html`
      ${this.#trouble(error) ?? (isTrying ? awayBar(strings.appsTrying) : isReconnecting ? awayBar(strings.appsReconnecting) : nothing)}
      ${this.gone ? html`<div class="bar" role="status" data-status="idle"><p>${strings.appDeleted(this.gone.title)}</p><span class="actions">
        <button type="button" data-undo aria-disabled=${this.isActing ? 'true' : nothing} @click=${() => void this.#acts.restore(this.gone!)}>${strings.undo}</button>
        <button type="button" class="quiet icon-only" aria-label=${strings.closeDialog} title=${strings.closeDialog} @click=${() => { this.gone = undefined; }}>${icons.close}</button></span></div>` : nothing}`;
  }

  /** What an act failed with, unless its dialog says so; else why the list is not followed now. */
  #trouble(error: unknown): TemplateResult | undefined {
    const { strings, locale } = this.#locale;
    if (this.failure !== undefined && !this.isCreating) return errorBar(this.failure, strings, locale);
    if (error === undefined) return undefined;
    return html`<div class="bar" data-status="failed">${errorBar(error, strings, locale)}<span class="actions"><button type="button" data-retry @click=${() => this.#apps.retry()}>${icons.reload}${strings.tryAgain}</button></span></div>`;
  }

  #list(apps: readonly App[]): TemplateResult {
    const { strings, locale } = this.#locale;
    if (apps.length === 0) return firstApp({ starters: this.starters, isReadOnly: this.readonly, isBusy: this.isActing, strings, onStart: (starter) => void this.#acts.start(starter), onNew: () => this.showCreate() });
    return appListView({
      apps, query: this.query, shown: this.shown, step: shownAtOnce, isTable: this.view === 'table', selected: this.selected, open: this.open, isBusy: this.isActing, isReadOnly: this.readonly, hrefOf: this.hrefOf,
      acts: this.#acts, menu: this.#menu, now: this.#clock.now(), strings, locale,
      onSelect: (app) => this.#select(app), onSearch: (query) => this.#search(query), onMore: () => { this.shown += shownAtOnce; }, onKey: (event) => onListKey(event, this.renderRoot),
    });
  }

  #tell(): void {
    const { apps, isRead, error } = this.#apps.list;
    if (this.failure !== undefined && this.failure !== this.#toldFailure) tellError(this, this.failure);
    // It is tried again and again, and may fail for the same reason each time.
    if (error !== undefined && !this.#isErrorTold) tellError(this, error);
    [this.#toldFailure, this.#isErrorTold] = [this.failure, error !== undefined];
    if (!isRead || apps === this.#told) return;
    if (!this.#told) emit(this, 'fapi-ready', { source: this.localName, appId: undefined });
    this.#told = apps;
    emit(this, 'fapi-apps-change', { apps });
  }

  #search(query: string): void {
    [this.query, this.shown] = [query, shownAtOnce];
  }

  #recall(otherwise: View): void {
    const { value } = this.#remembered;
    this.view = value === 'cards' || value === 'table' ? value : otherwise;
  }

  #show(view: View): void {
    this.view = view;
    this.#remembered.remember(view);
  }

  #select(app: App): void {
    this.selected = app.id;
    emit(this, 'fapi-app-select', { appId: app.id, app });
  }

  #closeDialog(): void {
    [this.isCreating, this.failure] = [false, undefined];
    // The browser gives the focus back to who opened it, unless that is gone; and a page may have put it where its user goes on.
    void this.updateComplete.then(() => { if (document.activeElement === document.body) this.renderRoot.querySelector<HTMLElement>('.new')?.focus(); });
  }

  /** Into what was opened, and back to the button that did; a menu that took its place has the focus itself. */
  #moveFocus(before: { appId: string } | undefined): void {
    if (this.open) this.renderRoot.querySelector<HTMLElement>('[data-asked] :is(input, button)')?.focus();
    else if (before && !this.renderRoot.querySelector('.menu')) this.renderRoot.querySelector<HTMLElement>(`[data-app="${before.appId}"] [data-more]`)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-apps': FapiApps }
}
