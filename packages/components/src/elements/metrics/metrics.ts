import type { FapiClient } from '@fapi/sdk';
import type { Metrics } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { ClockController } from '../../controllers/clock.ts';
import { formatNumber } from '../../format.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import { errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { ago } from '../../parts/since.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { metricsEnglish } from '../../strings/metrics.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { metricsStyles } from './metrics.styles.ts';

addEnglish(metricsEnglish);

/**
 * @summary What the app has answered since it was created: requests, 2xx, 4xx, 5xx and the last request.
 * @tag fapi-metrics
 * @attr app-id - The app.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart tiles - The list of counters.
 * @csspart tile - A counter.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 */
export class FapiMetrics extends LitElement {
  static override styles = [...base, controls, noticeStyles, metricsStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, client: { attribute: false } };

  declare appId: string | undefined;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;

  readonly #app = new AppStoreController(this, { sees: ['metrics', 'app'] });
  /** What the stream tells is newer; who may not see the counters is told by nobody else. */
  readonly #read = new LoadedController<Metrics>(this, (signal) => this.#app.client!.apps.metrics(this.appId!, { signal }));
  readonly #clock = new ClockController(this, () => this.#metrics !== undefined);

  get #metrics(): Metrics | undefined { return this.#app.snapshot?.metrics ?? this.#read.value; }

  protected override render(): TemplateResult {
    return whenReady(this.#app, this.appId, 4, (snapshot) => this.#counters(snapshot), this.#app.strings.metricsAway);
  }

  #counters({ app, metrics: told }: Pick<AppSnapshot, 'metrics' | 'app'>): TemplateResult {
    const { strings, locale } = this.#app;
    if (!told) this.#read.see(this.appId, '');
    const metrics = this.#metrics;
    const { error } = this.#read;
    const isCounted = metrics !== undefined && metrics.requests > 0;
    return html`
      <section part="root" aria-label=${strings.metrics}>
        <header part="header"><h2>${strings.metrics}</h2>${isCounted && app ? html`<p class="secondary" data-since>${strings.countedSince} · ${ago(app.createdAt, { now: this.#clock.now(), strings, locale })}</p>` : nothing}</header>
        ${isCounted ? this.#tiles(metrics) : !metrics ? (error === undefined ? skeleton(strings, 4, true) : errorNotice(error, strings, locale, () => void this.#read.reload())) : notice(strings.noRequestTitle, html`${strings.noRequestText}${app?.live ? html` <a class="mono" href=${app.url} target="_blank" rel="noopener">${app.host}</a>` : nothing}`)}
      </section>`;
  }

  #tiles(metrics: Metrics): TemplateResult {
    const { strings, locale } = this.#app;
    const tiles = [
      [strings.requests, metrics.requests, undefined], [strings.status2xx, metrics.status2xx, 'live'],
      [strings.status4xx, metrics.status4xx, 'working'], [strings.status5xx, metrics.status5xx, 'failed'],
    ] as const;
    return html`
      <dl class="tiles" part="tiles">
        ${tiles.map(([name, value, tone]) => html`<div class="tile" part="tile" data-tone=${value > 0 && tone ? tone : nothing}><dt>${name}</dt><dd class="number">${formatNumber(value, locale)}</dd></div>`)}
        ${metrics.lastRequestAt ? html`<div class="tile wide" part="tile"><dt>${strings.lastRequest}</dt><dd>${ago(metrics.lastRequestAt, { now: this.#clock.now(), strings, locale })}</dd></div>` : nothing}
      </dl>`;
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-metrics': FapiMetrics }
}
