import type { FapiClient } from '@fapi/sdk';
import type { App } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { appWords } from '../../app-words.ts';
import { addEnglish } from '../../catalogues.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import { emit } from '../../events.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import { notice } from '../../parts/notice.ts';
import { statusPill, statusShape } from '../../parts/status-pill.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { previewEnglish } from '../../strings/preview.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { statusStyles } from '../../styles/status.ts';
import { FrameController } from './frame.ts';
import { findInstead, noRoot } from './no-root.ts';
import type { Instead } from './no-root.ts';
import { toPath } from './page-message.ts';
import { previewStyles } from './preview.styles.ts';
import { whyRefused } from './refusal.ts';

addEnglish(previewEnglish);

/**
 * @summary Shows the pages of the live app in a frame, and shows them anew when another revision goes live: the same page, at the same place of it.
 * @tag fapi-preview
 * @attr app-id - The app.
 * @attr path - Which page is shown first; `/` when absent.
 * @fires {CustomEvent<{appId, path}>} fapi-preview-navigate - Another page is shown; `path` is without its query.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart toolbar - The buttons and the path.
 * @csspart path - The path.
 * @csspart facts - What is live, in words.
 * @csspart page-error - The last error of the page.
 * @csspart frame - The frame.
 * @csspart status - What the app does, in a word and a shape.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 * @cssprop [--fapi-preview-height=480px] - Height of the element.
 */
export class FapiPreview extends LitElement {
  static override styles = [...base, controls, noticeStyles, statusStyles, previewStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, path: { type: String }, client: { attribute: false }, typed: { state: true }, problem: { state: true } };

  declare appId: string | undefined;
  declare path: string | undefined;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  /** What stands in the field and was not gone to. */
  declare typed: string | undefined;
  declare problem: string | undefined;

  readonly #app = new AppStoreController(this, { sees: ['app', 'deployment'] });
  readonly #frame = new FrameController(this, ({ path }) => this.#onMove(path));
  readonly #root = new LoadedController<Instead | undefined>(this, (signal) => findInstead(this.#app.client!, this.appId!, signal));
  #told: string | undefined;
  /** What is in the frame: a deployment, and whether it could be reached. */
  #shown: { id: string; isDown: boolean } | undefined;
  /** It was loaded while the server was away, and nobody knows what came. */
  #isDoubtful = false;

  /** Shows the same page anew, at the same place of it. */
  reload(): void {
    this.#isDoubtful = this.#app.snapshot?.connection === 'reconnecting';
    this.#frame.reload();
  }

  /** Shows a page of the app: a path, or an address of it. False, and nothing happens, when that leads elsewhere. */
  go(path: string): boolean {
    const app = this.#app.snapshot?.app;
    const found = app && toPath(path, [app.previewUrl ?? app.url, app.url].map((url) => new URL(url).origin));
    if (found === undefined) return false;
    [this.typed, this.problem] = [undefined, undefined];
    this.#frame.go(found);
    return true;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('appId') || changed.has('path')) {
      this.#frame.forget(toPath(this.path ?? '/', ['http://any']) ?? '/');
      [this.typed, this.problem, this.#told, this.#shown] = [undefined, undefined, undefined, undefined];
    }
  }

  protected override render(): TemplateResult {
    return whenReady(this.#app, this.appId, 2, (snapshot) => this.#ready(snapshot), this.#app.strings.previewAway);
  }

  protected override updated(): void {
    const frame = this.renderRoot.querySelector('iframe');
    const app = this.#app.snapshot?.app;
    // Taken out of the page before it was drawn, a frame has no window; it is entered when it is back.
    if (!frame?.isConnected || !app?.live) return this.#frame.leave();
    const shown = { id: app.live.id, isDown: app.health === 'crashed' };
    const before = this.#shown;
    this.#shown = shown;
    const isAway = this.#app.snapshot?.connection === 'reconnecting';
    if (this.#frame.enter(frame, app.previewUrl ?? app.url)) this.#isDoubtful = isAway;
    else if (before && (before.id !== shown.id || (before.isDown && !shown.isDown))) {
      this.#isDoubtful = isAway;
      this.#frame.reload();
    } else if (this.#isDoubtful && !isAway) {
      this.#isDoubtful = false;
      if (!this.#frame.isHeard) this.#frame.reload();
    }
  }

  #ready(snapshot: Pick<AppSnapshot, 'app' | 'deployment'>): TemplateResult {
    const { strings, client } = this.#app;
    const app = snapshot.app!;
    const refusal = whyRefused({ appUrl: app.previewUrl ?? app.url, pageUrl: location.href, apiUrl: new URL(client!.baseUrl, location.href).href, strings });
    if (refusal !== undefined) return notice(strings.previewRefused, refusal);
    return this.#nothingToShow(app) ?? this.#page(snapshot, app);
  }

  #nothingToShow(app: App): TemplateResult | undefined {
    const { strings } = this.#app;
    if (app.suspended) return notice(strings.statusSuspended, strings.previewStopped);
    if (app.live) return app.health === 'stopped' ? notice(strings.statusStopped, strings.previewStopped) : undefined;
    if (app.rollout === 'working') return notice(strings.statusDeploying, strings.previewSoon);
    if (app.rollout !== 'failed') return notice(app.latest ? strings.errorNotLiveTitle : strings.statusNeverDeployed, strings.previewNotLive);
    return notice(strings.rolloutFailed, strings.previewFailed, html`<button type="button" @click=${() => emit(this, 'fapi-open-deployment', { appId: app.id })}>${strings.showFailure}</button>`);
  }

  #page(snapshot: Pick<AppSnapshot, 'app' | 'deployment'>, app: App): TemplateResult {
    const { strings } = this.#app;
    const { place, isLoading } = this.#frame;
    const isRoot = place.path.split(/[?#]/, 1)[0] === '/';
    if (isRoot && app.health === 'running') this.#root.see(this.appId, app.live!.id);
    const instead = isRoot ? this.#root.value : undefined;
    const button = (word: string, icon: TemplateResult, isThere: boolean, onClick: () => void, kind: string): TemplateResult => html`
      <button type="button" class="quiet icon-only ${kind}" ?data-reload=${kind === 'reload'} aria-label=${word} title=${word} ?disabled=${!isThere} @click=${onClick}>${icon}</button>`;
    return html`
      <section part="root" aria-label=${strings.preview} aria-busy=${isLoading}>
        <header part="toolbar header">
          ${button(strings.previewBack, icons.previous, place.canGoBack, () => this.#frame.travel('back'), 'travel')}
          ${button(strings.previewForward, icons.next, place.canGoForward, () => this.#frame.travel('forward'), 'travel')}
          ${button(strings.previewReload, icons.reload, true, () => this.reload(), 'reload')}
          <form @submit=${this.#onSubmit}>
            <input part="path" name="path" aria-label=${strings.previewPath} title=${strings.previewGo} aria-invalid=${this.problem !== undefined} autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
              .value=${live(this.typed ?? place.path)} @input=${(event: Event) => { this.typed = (event.target as HTMLInputElement).value; }} @keydown=${this.#onKey}>
          </form>
          <a href=${new URL(place.path, app.url).href} target="_blank" rel="noopener" aria-label=${strings.previewOpen} title=${strings.previewOpen}>${icons.external}</a>
        </header>
        ${this.#facts(snapshot, app)}
        ${this.problem === undefined ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
        ${this.#error()}
        ${instead ? noRoot(instead, strings, (path) => this.#follow(path)) : nothing}
        <iframe part="frame" ?hidden=${instead !== undefined} title=${strings.previewOf(app.title)} sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-downloads"></iframe>
      </section>`;
  }

  /** What was pressed is gone with the page that it led to. */
  #follow(path: string): void {
    if (this.go(path)) void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('input')?.focus());
  }

  #facts({ deployment }: Pick<AppSnapshot, 'app' | 'deployment'>, app: App): TemplateResult {
    const { strings, locale } = this.#app;
    const { health, serving, rollout } = appWords({ app, deployment, strings, locale });
    const hint = app.health === 'asleep' ? strings.previewAsleep : app.health === 'crashed' ? strings.previewCrashed : undefined;
    return html`
      <p class="facts" part="facts" role="status">
        ${health ? statusPill(health, serving) : nothing}
        ${hint === undefined ? nothing : html`<span>${hint}</span>`}
        ${rollout ? statusPill(rollout) : nothing}
      </p>`;
  }

  #error(): TemplateResult | typeof nothing {
    const { strings, locale } = this.#app;
    const { count, last } = this.#frame.errors;
    if (count === 0) return nothing;
    // FastAPI's own pages: see /docs without a way to the internet, in docs/apps.md.
    const why = /\b(SwaggerUIBundle|Redoc)\b/.test(last) ? html` ${strings.previewElsewhere}` : nothing;
    return html`<p class="error" part="page-error" role="status" data-status="failed">${statusShape('failed')}<span>${count === 1 ? strings.previewError(last) : strings.previewErrors(formatNumber(count, locale), last)}${why}</span></p>`;
  }

  #onMove(path: string): void {
    const [bare] = path.split(/[?#]/, 1);
    if (bare === this.#told || !this.appId) return;
    this.#told = bare;
    emit(this, 'fapi-preview-navigate', { appId: this.appId, path: bare! });
  }

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    if (!this.go(this.typed ?? this.#frame.place.path)) this.problem = this.#app.strings.previewOutside;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') [this.typed, this.problem] = [undefined, undefined];
  };
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-preview': FapiPreview }
}
