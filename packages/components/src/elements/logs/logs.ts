import type { FapiClient } from '@fapi/sdk';
import type { LogLine } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { addEnglish } from '../../catalogues.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { formatDate, formatNumber } from '../../format.ts';
import { notice } from '../../parts/notice.ts';
import { logsEnglish } from '../../strings/logs.ts';
import { foldFrames } from '../../tracebacks.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { logsStyles } from './logs.styles.ts';

addEnglish(logsEnglish);

/** More lines than this are not drawn: the newest win. */
const shownLines = 500;

/**
 * @summary What the app prints, newest at the end, following while the reader is at the end.
 * @tag fapi-logs
 * @attr app-id - The app.
 * @csspart line - A line.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 * @cssprop [--fapi-logs-height=240px] - Height of the lines.
 */
export class FapiLogs extends LitElement {
  static override styles = [...base, controls, noticeStyles, logsStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, client: { attribute: false }, isFollowing: { state: true } };

  declare appId: string | undefined;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  declare isFollowing: boolean;

  readonly #app = new AppStoreController(this, { sees: ['logs', 'droppedLines'] });

  constructor() {
    super();
    this.isFollowing = true;
  }

  protected override render(): TemplateResult {
    return whenReady(this.#app, this.appId, 3, (snapshot) => this.#log(snapshot));
  }

  #log(snapshot: Pick<AppSnapshot, 'logs' | 'droppedLines'>): TemplateResult {
    const { strings, locale } = this.#app;
    const lines = snapshot.logs.slice(-shownLines);
    return html`
      <section aria-label=${strings.logs}>
        <header><h2>${strings.logs}</h2><span class="grow"></span>
          ${snapshot.droppedLines > 0 ? html`<span class="secondary">${strings.droppedLines(formatNumber(snapshot.droppedLines, locale))}</span>` : nothing}
          ${this.isFollowing ? nothing : html`<button type="button" @click=${this.#toEnd}>${strings.latest}</button>`}
        </header>
        ${lines.length === 0 ? notice(strings.noLogsTitle, strings.noLogsText) : html`
          <div class="lines" role="log" aria-label=${strings.logs} tabindex="0" @scroll=${this.#onScroll}>${repeat(foldFrames(lines, ({ text }) => text), ({ lines: [first] }) => first!.seq, ({ isFolded, lines: run }) => (isFolded
            ? html`<details class="folded"><summary>${strings.importFrames(formatNumber(run.length, locale), run.length === 1)}</summary>${run.map((line) => this.#line(line, locale))}</details>`
            : repeat(run, (line) => line.seq, (line) => this.#line(line, locale))))}</div>`}
      </section>`;
  }

  protected override updated(): void {
    const box = this.#box;
    if (box && this.isFollowing) box.scrollTop = box.scrollHeight;
  }

  get #box(): HTMLElement | null { return this.renderRoot.querySelector('.lines'); }

  #line(line: LogLine, locale: string): TemplateResult {
    return html`<div class="line" part="line" data-stream=${line.stream}><time class="secondary" datetime=${line.at} title=${formatDate(line.at, locale)}>${line.at.slice(11, 19)}</time>${text(line)}</div>`;
  }

  #onScroll(): void {
    const box = this.#box;
    if (box) this.isFollowing = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  }

  #toEnd(): void {
    this.isFollowing = true;
  }
}

/** A digest in a line of ours is named by its beginning; the whole one is its tooltip. */
function text({ stream, text: whole }: LogLine): TemplateResult {
  const short = stream === 'system' ? whole.replaceAll(/(sha256:[0-9a-f]{8})[0-9a-f]{56}\b/g, '$1…') : whole;
  return html`<span title=${short === whole ? nothing : whole}>${short}</span>`;
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-logs': FapiLogs }
}
