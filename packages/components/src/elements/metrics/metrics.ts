import type { FapiClient } from '@fapi/sdk';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { AppStoreController } from '../../controllers/app-store.ts';
import { formatAgo, formatDate, formatNumber } from '../../format.ts';
import { errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { metricsStyles } from './metrics.styles.ts';

const redrawMs = 5_000;

/**
 * @summary Counts an app's requests, by the runner's own counters.
 * @tag fapi-metrics
 * @attr app-id - The app.
 * @csspart tile - One figure.
 */
export class FapiMetrics extends LitElement {
  static override styles = [...base, controls, noticeStyles, metricsStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, client: { attribute: false } };

  declare appId: string | undefined;
  declare client: FapiClient | undefined;

  readonly #app = new AppStoreController(this);
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // "12 seconds ago" grows old by itself.
    this.#timer = setInterval(() => this.requestUpdate(), redrawMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult {
    const { client, strings, locale, snapshot, store } = this.#app;
    if (!client) return notice(strings.notConnectedTitle, strings.notConnectedText);
    if (!this.appId) return notice(strings.noAppTitle, strings.noAppText);
    if (!snapshot || snapshot.load === 'loading') return skeleton(strings, 3);
    if (snapshot.load === 'failed') return errorNotice(snapshot.error, strings, () => void store?.reload());
    const { metrics } = snapshot;
    if (!metrics || metrics.requests === 0) return notice(strings.noRequestTitle, strings.noRequestText);
    const tile = (label: string, value: number, tone?: string): TemplateResult => html`<div class="tile" part="tile"><dt>${label}</dt><dd data-tone=${value > 0 && tone ? tone : nothing}>${formatNumber(value, locale)}</dd></div>`;
    return html`
      <div class="root" part="root">
        <h2>${strings.metrics}</h2>
        <dl>
          ${tile(strings.requests, metrics.requests)}${tile(strings.status2xx, metrics.status2xx)}${tile(strings.status4xx, metrics.status4xx)}${tile(strings.status5xx, metrics.status5xx, 'failed')}
          ${metrics.lastRequestAt ? html`<div class="tile wide" part="tile"><dt>${strings.lastRequest}</dt><dd title=${formatDate(metrics.lastRequestAt, locale)}>${formatAgo(metrics.lastRequestAt, Date.now(), locale)}</dd></div>` : nothing}
        </dl>
      </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-metrics': FapiMetrics }
}
