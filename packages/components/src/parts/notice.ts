import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { describeError } from '../error-messages.ts';
import * as icons from '../icons.ts';
import type { Strings } from '../strings.ts';
import { copyButton } from './copy-button.ts';

/** One sentence and the one next action. */
export function notice(title: string, text: unknown, actions: unknown = nothing): TemplateResult {
  return html`<div class="notice" part="empty"><h3>${title}</h3><p>${text}</p>${actions === nothing ? nothing : html`<div class="actions">${actions}</div>`}</div>`;
}

/** What happened, what to do, and the request id to copy: that is another one with each try, and not read out again. */
export function errorNotice(error: unknown, strings: Strings, locale: string, onRetry: () => void): TemplateResult {
  const { title, text, requestId, code } = describeError(error, strings, locale);
  const canRetry = code !== 'forbidden' && code !== 'app_not_found';
  return html`
    <div class="notice" part="error">
      <div class="words" role="alert"><h3>${title}</h3><p>${text}</p></div>
      ${requestTag(requestId, strings)}
      ${canRetry ? html`<div class="actions"><button type="button" @click=${onRetry}>${icons.reload}${strings.tryAgain}</button></div>` : nothing}
    </div>`;
}

/** An error of an act, above what is still there. `onHide` where nothing else ends it. */
export function errorBar(error: unknown, strings: Strings, locale: string, onHide?: () => void): TemplateResult {
  const { title, text, requestId } = describeError(error, strings, locale);
  return html`<div class="bar" part="error" data-status="failed"><p role="alert"><strong>${title}.</strong> ${text}</p>${requestTag(requestId, strings)}${onHide ? html`<span class="actions"><button type="button" @click=${onHide}>${strings.hide}</button></span>` : nothing}</div>`;
}

/** Nobody answers now: what still works. */
export function awayBar(text: string): TemplateResult {
  return html`<div class="bar" role="status" data-status="idle"><p>${text}</p></div>`;
}

function requestTag(requestId: string | undefined, strings: Strings): unknown {
  if (!requestId) return nothing;
  return html`<span class="request">${strings.requestId} <span class="mono">${requestId}</span>${copyButton(() => requestId, strings)}</span>`;
}

/** The shape of what is coming, shown after 150 ms only: lines, or where it `isWhole` what its element draws of them, in its own sheet. */
export function skeleton(strings: Strings, lines = 5, isWhole = false): TemplateResult {
  return html`<div class=${isWhole ? 'skeleton whole' : 'skeleton'} part="loading" role="status" aria-busy="true"><span class="visually-hidden">${strings.loading}</span>${Array.from({ length: lines }, () => html`<span></span>`)}</div>`;
}
