import type { FapiClient } from '@fapi/sdk';
import type { App, Diff, Revision } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { addEnglish } from '../../catalogues.ts';
import { ActController } from '../../controllers/act.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { ClockController } from '../../controllers/clock.ts';
import { tellStart } from '../../controllers/deploy-news.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import { TakingController } from '../../controllers/taking.ts';
import { emit } from '../../events.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import type { CloneWish } from '../../parts/clone-form.ts';
import { errorBar, errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { historyEnglish } from '../../strings/history.ts';
import { statusEnglish } from '../../strings/status.ts';
import { base } from '../../styles/base.ts';
import { changedFileStyles } from '../../styles/changed-file.ts';
import { controls } from '../../styles/controls.ts';
import { formStyles } from '../../styles/forms.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { statusStyles } from '../../styles/status.ts';
import { skeletonRows } from '../../styles/skeleton-rows.ts';
import { compare } from './compare.ts';
import type { Sides } from './compare.ts';
import { historyStyles } from './history.styles.ts';
import { revisionRow } from './revision-row.ts';

addEnglish(historyEnglish);
addEnglish(statusEnglish);

const pageSize = 25;
/** What the server gives in one answer. */
const mostAtOnce = 100;
interface Pages { readonly items: readonly Revision[]; readonly cursor: string | undefined }

/**
 * @summary The revisions of an app, newest first: what is live, what was last good, what is pinned; reverts to one, takes it into the draft, pins it, clones from it, and compares two of them or the draft.
 * @tag fapi-history
 * @attr app-id - The app.
 * @attr readonly - Shows and compares without reverting, taking into the draft, pinning or cloning.
 * @fires {CustomEvent<{appId, revision}>} fapi-revert-request - Before a revert; cancelable.
 * @fires {CustomEvent<{appId, deployment}>} fapi-deploy-start - The server has taken the revert.
 * @fires {CustomEvent<{appId, revision}>} fapi-draft-take - The files of a revision are in the editor, and not saved yet.
 * @fires {CustomEvent<{appId, from}>} fapi-app-clone-request - Before a clone; cancelable.
 * @fires {CustomEvent<{appId, app}>} fapi-app-clone - `app` was made from a revision.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart diff - What differs between two revisions.
 * @csspart list - The list of revisions.
 * @csspart revision - A revision.
 * @csspart status - What became of a revision, in a word and a shape.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 */
export class FapiHistory extends LitElement {
  static override styles = [...base, controls, statusStyles, noticeStyles, formStyles, changedFileStyles, skeletonRows, historyStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, readonly: { type: Boolean, reflect: true }, client: { attribute: false }, asked: { state: true }, cloning: { state: true }, made: { state: true }, sides: { state: true } };

  declare appId: string | undefined;
  declare readonly: boolean;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  /** The revision that a revert waits for a word about. */
  declare asked: string | undefined;
  /** The revision that is asked how to clone it. */
  declare cloning: string | undefined;
  /** What the last clone has made. */
  declare made: App | undefined;
  /** What is compared, while that is what is shown. */
  declare sides: Sides | undefined;

  readonly #app = new AppStoreController(this, { sees: ['app'], onChange: (snapshot) => this.#taking.see(snapshot) });
  readonly #act = new ActController(this);
  readonly #taking = new TakingController(this, { app: this.#app, act: this.#act });
  readonly #clock = new ClockController(this, () => true);
  readonly #loaded = new LoadedController<Pages>(this, (signal) => this.#readShown(signal));
  readonly #diff = new LoadedController<Diff>(this, (signal) => this.#app.client!.revisions.diff(this.appId!, this.sides!, { signal }));

  constructor() {
    super();
    this.readonly = false;
  }

  /** Asks for a revision to be live again, with the newest variables, unless a listener of `fapi-revert-request` cancels it. */
  async revert(revision: string): Promise<void> {
    const { client, store } = this.#app;
    const { appId } = this;
    if (this.#act.isActing) return;
    this.asked = undefined;
    if (!client || !store || !appId || this.readonly || !emit(this, 'fapi-revert-request', { appId, revision }, { cancelable: true })) return;
    await this.#act.run(async () => void await tellStart(this, store, () => client.deployments.create(appId, { revision })));
  }

  /** Puts the files of a revision into the editor in the place of the draft's; the draft as it was can be had back until the element is gone. */
  async take(revision: string, word = revision): Promise<void> {
    if (!this.readonly) await this.#taking.take(revision, word);
  }

  /** Shows what differs between two of `draft`, `live` and the digest of a revision. */
  diff(from: string, to: string): void {
    this.sides = { from, to };
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('appId')) return;
    [this.sides, this.cloning, this.asked, this.made] = [undefined, undefined, undefined, undefined];
    this.#taking.forget();
    this.#act.forget();
  }

  /** The question takes the place of the button that was pressed, and the button that of the question. */
  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('sides')) this.#moveFocus(changed.get('sides'));
    if (changed.has('cloning')) this.renderRoot.querySelector<HTMLElement>(this.cloning === undefined ? `[data-digest="${changed.get('cloning')}"] [data-clone]` : 'form.clone input')?.focus();
    if (!changed.has('asked')) return;
    const [was, is] = [changed.get('asked'), this.asked];
    if (was === undefined && is === undefined) return;
    this.renderRoot.querySelector<HTMLElement>(is === undefined ? `[data-digest="${was}"] button` : '[role=group] button')?.focus();
  }

  protected override render(): TemplateResult {
    return whenReady(this.#app, this.appId, 6, (snapshot) => this.#history(snapshot), this.#loaded.value && this.#app.strings.historyAway);
  }

  #history({ app }: Pick<AppSnapshot, 'app'>): TemplateResult {
    // A deployment that begins or ends makes a revision, or another one live.
    this.#loaded.see(this.appId, [app?.live?.id, app?.latest?.id, app?.latest?.status].join());
    const { strings, locale } = this.#app;
    const { value, error } = this.#loaded;
    return html`
      <section part="root" aria-label=${strings.history}>
        <header part="header"><h2>${strings.history}</h2>${value && value.items.length > 0 && !this.sides ? html`<button type="button" class="quiet" data-compare @click=${() => this.diff(app?.live ? 'live' : value.items[0]!.digest, 'draft')}>${icons.compare}${strings.compareDraft}</button>` : nothing}</header>
        ${this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}
        ${this.made ? html`<p class="made" role="status">${strings.cloned(this.made.title)}</p>` : nothing}
        ${this.#taking.word === undefined ? nothing : html`<p class="made" role="status">${strings.taken(this.#taking.word)} <button type="button" class="quiet" data-undo @click=${() => this.#taking.giveBack()}>${strings.undo}</button></p>`}
        ${this.sides && value ? this.#compare(value, app) : value ? (value.items.length === 0 ? notice(strings.noHistoryTitle, strings.noHistoryText) : this.#list(value, app))
          : error === undefined ? skeleton(strings, 6, true) : errorNotice(error, strings, locale, () => void this.#loaded.reload())}
      </section>`;
  }

  #compare({ items }: Pages, app: App | undefined): TemplateResult {
    const { strings, locale } = this.#app;
    const sides = this.sides!;
    const isOfDraft = sides.from === 'draft' || sides.to === 'draft';
    this.#diff.see(`${this.appId} ${sides.from} ${sides.to}`, [app?.live?.id, isOfDraft && app?.draftVersion].join());
    const { value: diff, error } = this.#diff;
    return compare({ sides, revisions: items, diff, error, strings, locale, onSides: (next) => { this.sides = next; }, onRetry: () => void this.#diff.reload(), onBack: () => { this.sides = undefined; } });
  }

  #list({ items, cursor }: Pages, app: App | undefined): TemplateResult {
    const { strings, locale } = this.#app;
    return html`
      <ol class="revisions" part="list" aria-label=${strings.history}>${repeat(items, ({ digest }) => digest, (revision, index) => revisionRow({
        revision, strings, locale, now: this.#clock.now(), isAsked: this.asked === revision.digest, isCloning: this.cloning === revision.digest, appTitle: app?.title ?? '', isBusy: this.#act.isActing, isReadOnly: this.readonly,
        onAsk: (isAsked) => { this.asked = isAsked ? revision.digest : undefined; }, onRevert: () => void this.revert(revision.digest), onPin: () => void this.#pin(revision), onTake: () => void this.take(revision.digest, strings.revision(formatNumber(revision.number, locale))),
        // With the one that was live before it; the first of all, with what the draft is now.
        onCompare: () => { const earlier = items.slice(index + 1); const before = earlier.find(({ liveAt }) => liveAt !== undefined) ?? earlier[0]; this.diff(before?.digest ?? revision.digest, before ? revision.digest : 'draft'); },
        onCloning: (isCloning) => { this.cloning = isCloning ? revision.digest : undefined; }, onClone: (wish) => void this.#clone(wish),
      }))}</ol>
      ${cursor === undefined ? nothing : html`<button type="button" class="more" aria-disabled=${this.#act.isActing ? 'true' : nothing} @click=${() => void this.#more(cursor)}>${strings.showOlder(formatNumber(pageSize, locale))}</button>`}`;
  }

  async #clone({ title, from, environment, deploy }: CloneWish): Promise<void> {
    const { appId } = this;
    if (!appId || !emit(this, 'fapi-app-clone-request', { appId, from }, { cancelable: true })) return;
    await this.#act.run(async () => {
      const app = await this.#app.client!.apps.clone(appId, { title, from, environment, deploy });
      if (this.appId === appId) [this.cloning, this.made] = [undefined, app];
      emit(this, 'fapi-app-clone', { appId, app });
    });
  }

  #moveFocus(before: Sides | undefined): void {
    if (this.sides && !before) this.renderRoot.querySelector<HTMLElement>('[data-back]')?.focus();
    else if (!this.sides && before) this.renderRoot.querySelector<HTMLElement>('[data-compare]')?.focus();
  }

  async #read(cursor: string | undefined, limit = pageSize, signal?: AbortSignal): Promise<Pages> {
    const page = await this.#app.client!.revisions.list(this.appId!, { limit, cursor }, signal ? { signal } : {});
    return { items: page.items, cursor: page.nextCursor };
  }

  /** All that is shown, as it is now: whatever a deploy changes may be of a row far below, and who reads there stays there. */
  async #readShown(signal: AbortSignal): Promise<Pages> {
    const shown = (): readonly Revision[] => this.#loaded.value?.items ?? [];
    /** Those that are shown and not read again yet, as their numbers tell; those that were collected meanwhile count too. */
    const left = ({ items }: Pages): number => (items.at(-1)?.number ?? 0) - (shown().at(-1)?.number ?? Infinity);
    let pages = await this.#read(undefined, Math.min(Math.max(pageSize, shown().length), mostAtOnce), signal);
    while (pages.cursor !== undefined && left(pages) > 0) {
      const next = await this.#read(pages.cursor, Math.min(left(pages), mostAtOnce), signal);
      pages = { items: [...pages.items, ...next.items], cursor: next.cursor };
    }
    return pages;
  }

  #more(cursor: string): Promise<void> {
    const { appId } = this;
    return this.#act.run(async () => {
      const next = await this.#read(cursor);
      const known = this.#loaded.value?.items ?? [];
      const last = known.at(-1)?.number ?? Infinity;
      // All that is shown may have been read again meanwhile.
      if (this.appId === appId) this.#loaded.value = { items: [...known, ...next.items.filter(({ number }) => number < last)], cursor: next.cursor };
    });
  }

  #pin({ digest, pinned }: Revision): Promise<void> {
    const { appId } = this;
    return this.#act.run(async () => {
      const changed = await this.#app.client!.revisions.patch(appId!, digest, { pinned: !pinned });
      const known = this.#loaded.value;
      if (known && this.appId === appId) this.#loaded.value = { ...known, items: known.items.map((one) => (one.digest === digest ? changed : one)) };
    });
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-history': FapiHistory }
}
