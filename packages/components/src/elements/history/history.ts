import type { FapiClient } from '@fapi/sdk';
import type { Revision } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { ActController } from '../../controllers/act.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { ClockController } from '../../controllers/clock.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import { emit } from '../../events.ts';
import { formatNumber } from '../../format.ts';
import { errorBar, errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { statusStyles } from '../../styles/status.ts';
import { historyStyles } from './history.styles.ts';
import { revisionRow } from './revision-row.ts';

const pageSize = 25;
interface Pages { readonly items: readonly Revision[]; readonly cursor: string | undefined }

/**
 * @summary The revisions of an app, newest first: what is live, what was last good, what is pinned; reverts to one, and pins it.
 * @tag fapi-history
 * @attr app-id - The app.
 * @attr readonly - Shows without reverting or pinning.
 * @fires {CustomEvent<{appId, revision}>} fapi-revert-request - Before a revert; cancelable.
 * @fires {CustomEvent<{appId, deployment}>} fapi-deploy-start - The server has taken the revert.
 * @csspart list - The list of revisions.
 * @csspart revision - A revision.
 */
export class FapiHistory extends LitElement {
  static override styles = [...base, controls, statusStyles, noticeStyles, historyStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, readonly: { type: Boolean, reflect: true }, client: { attribute: false }, asked: { state: true } };

  declare appId: string | undefined;
  declare readonly: boolean;
  declare client: FapiClient | undefined;
  /** The revision that a revert waits for a word about. */
  declare asked: string | undefined;

  readonly #app = new AppStoreController(this);
  readonly #act = new ActController(this);
  readonly #clock = new ClockController(this, 30_000, () => true);
  readonly #loaded = new LoadedController<Pages>(this, (signal) => this.#read(undefined, signal));

  constructor() {
    super();
    this.readonly = false;
  }

  /** Asks for a revision to be live again, with the newest variables, unless a listener of `fapi-revert-request` cancels it. */
  async revert(revision: string): Promise<void> {
    const { client } = this.#app;
    const { appId } = this;
    this.asked = undefined;
    if (!client || !appId || this.readonly || !emit(this, 'fapi-revert-request', { appId, revision }, { cancelable: true })) return;
    await this.#act.run(async () => void emit(this, 'fapi-deploy-start', { appId, deployment: await client.deployments.create(appId, { revision }) }));
  }

  /** The question takes the place of the button that was pressed, and the button that of the question. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('asked')) return;
    const [was, is] = [changed.get('asked'), this.asked];
    if (was === undefined && is === undefined) return;
    this.renderRoot.querySelector<HTMLElement>(is === undefined ? `[data-digest="${was}"] button` : '[role=group] button')?.focus();
  }

  protected override render(): TemplateResult {
    return whenReady(this.#app, this.appId, 6, (snapshot) => this.#history(snapshot));
  }

  #history({ app }: AppSnapshot): TemplateResult {
    // A deployment that begins or ends makes a revision, or another one live.
    this.#loaded.see(this.appId, [app?.live?.id, app?.latest?.id, app?.latest?.status].join());
    const { strings, locale } = this.#app;
    const { value, error } = this.#loaded;
    return html`
      <section aria-label=${strings.history}>
        <header><h2>${strings.history}</h2></header>
        ${this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}
        ${value ? (value.items.length === 0 ? notice(strings.noHistoryTitle, strings.noHistoryText) : this.#list(value))
          : error === undefined ? skeleton(strings, 6) : errorNotice(error, strings, locale, () => void this.#loaded.reload())}
      </section>`;
  }

  #list({ items, cursor }: Pages): TemplateResult {
    const { strings, locale } = this.#app;
    return html`
      <ol class="revisions" part="list" aria-label=${strings.history}>${repeat(items, ({ digest }) => digest, (revision) => revisionRow({
        revision, strings, locale, now: this.#clock.now(), isAsked: this.asked === revision.digest, isBusy: this.#act.isActing, isReadOnly: this.readonly,
        onAsk: (isAsked) => { this.asked = isAsked ? revision.digest : undefined; }, onRevert: () => void this.revert(revision.digest), onPin: () => void this.#pin(revision),
      }))}</ol>
      ${cursor === undefined ? nothing : html`<button type="button" class="more" aria-disabled=${this.#act.isActing ? 'true' : nothing} @click=${() => void this.#more(cursor)}>${strings.showOlder(formatNumber(pageSize, locale))}</button>`}`;
  }

  async #read(cursor: string | undefined, signal?: AbortSignal): Promise<Pages> {
    const page = await this.#app.client!.revisions.list(this.appId!, { limit: pageSize, cursor }, signal ? { signal } : {});
    return { items: page.items, cursor: page.nextCursor };
  }

  #more(cursor: string): Promise<void> {
    return this.#act.run(async () => {
      const next = await this.#read(cursor);
      const known = this.#loaded.value?.items ?? [];
      this.#loaded.value = { items: [...known, ...next.items], cursor: next.cursor };
    });
  }

  #pin({ digest, pinned }: Revision): Promise<void> {
    return this.#act.run(async () => {
      const changed = await this.#app.client!.revisions.patch(this.appId!, digest, { pinned: !pinned });
      const known = this.#loaded.value;
      if (known) this.#loaded.value = { ...known, items: known.items.map((one) => (one.digest === digest ? changed : one)) };
    });
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-history': FapiHistory }
}
