import type { FapiClient } from '@fapi/sdk';
import type { Deployment } from '@fapi/sdk/contract';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { appStatus, isWorking, liveInMs, stageRows, stageWord } from '../../app-status.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { emit } from '../../events.ts';
import { formatDuration } from '../../format.ts';
import { icons } from '../../icons.ts';
import { copyButton } from '../../parts/copy-button.ts';
import { errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { statusPill } from '../../parts/status-pill.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { findingStyles } from '../../styles/findings.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { statusStyles } from '../../styles/status.ts';
import { deployStatusStyles } from './deploy-status.styles.ts';
import { failureCard } from './failure-card.ts';

/**
 * @summary Shows the newest deployment of an app: its stages with times, and why it failed.
 * @tag fapi-deploy-status
 * @attr app-id - The app.
 * @fires {CustomEvent<{appId, file, line, column}>} fapi-open-location - A place in the code was chosen; fapi-editor goes there.
 * @csspart steps - The list of stages.
 * @csspart step - One stage.
 * @csspart failure - The failure card.
 * @csspart output - The last output of a failed app.
 */
export class FapiDeployStatus extends LitElement {
  static override styles = [...base, controls, statusStyles, noticeStyles, findingStyles, deployStatusStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, client: { attribute: false } };

  declare appId: string | undefined;
  declare client: FapiClient | undefined;

  readonly #app = new AppStoreController(this);

  /** Cancels the deployment that is under way; too late is shown as live. */
  async cancel(): Promise<void> {
    await this.#app.store?.cancel();
  }

  protected override render(): TemplateResult {
    const { client, strings, snapshot, store } = this.#app;
    if (!client) return notice(strings.notConnectedTitle, strings.notConnectedText);
    if (!this.appId) return notice(strings.noAppTitle, strings.noAppText);
    if (!snapshot || snapshot.load === 'loading') return skeleton(strings);
    if (snapshot.load === 'failed') return errorNotice(snapshot.error, strings, () => void store?.reload());
    const { deployment, app } = snapshot;
    if (!deployment) return notice(strings.notDeployedTitle, strings.notDeployedText);
    return html`
      <div class="root" part="root">
        <header class="head" part="header">
          <h2>${strings.generation(String(deployment.generation))}</h2>
          ${statusPill(appStatus(app, deployment, strings))}
          ${this.#canCancel(deployment) ? html`<button type="button" @click=${() => void this.cancel()}>${icons.stop}${strings.cancel}</button>` : nothing}
        </header>
        ${this.#stages(deployment)}
        ${deployment.status === 'failed' ? failureCard(deployment, strings, (place) => emit(this, 'fapi-open-location', { appId: this.appId!, ...place })) : this.#outcome(deployment)}
        ${app?.live ? html`<div class="links"><a part="link" href=${app.url} target="_blank" rel="noopener">${app.host}${icons.external}</a>${copyButton(() => `curl ${app.url}`, strings, strings.copyCurl)}</div>` : nothing}
      </div>`;
  }

  /** From `starting` on the switch may have happened, and the server says no. */
  #canCancel({ status }: Deployment): boolean {
    return status === 'queued' || status === 'validating' || status === 'preparing';
  }

  #stages(deployment: Deployment): TemplateResult {
    const { strings, locale } = this.#app;
    const now = isWorking(deployment) ? strings.stageNow(stageWord(deployment.status as 'queued', strings)) : '';
    return html`
      <p class="visually-hidden" role="status">${now}</p>
      <ol class="stages" part="steps">${stageRows(deployment).map((row) => html`
        <li class="stage" part="step" data-state=${row.state} aria-current=${row.state === 'now' ? 'step' : nothing}>
          <span class="mark" aria-hidden="true"></span><span class="name">${stageWord(row.name, strings)}</span>
          <span class="time">${row.name === 'live' ? this.#total(deployment, locale) : row.durationMs === undefined ? nothing : formatDuration(row.durationMs, locale)}</span>
        </li>`)}
      </ol>`;
  }

  #total(deployment: Deployment, locale: string): unknown {
    const ms = liveInMs(deployment);
    return ms === undefined ? nothing : formatDuration(ms, locale);
  }

  #outcome({ status }: Deployment): unknown {
    const { strings } = this.#app;
    const word = ({ cancelled: strings.cancelled, superseded: strings.superseded, stopped: strings.stopped } as Record<string, string>)[status];
    return word === undefined ? nothing : html`<p class="secondary">${word}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-deploy-status': FapiDeployStatus }
}
