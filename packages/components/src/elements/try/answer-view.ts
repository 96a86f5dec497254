import type { TryAnswer } from '@fapi/sdk/contract';
import { html, nothing, type TemplateResult } from 'lit';
import { formatDuration, formatMegabytes, formatNumber } from '../../format.ts';
import type { Period } from '../../events.ts';
import { copyButton } from '../../parts/copy-button.ts';
import { errorBar } from '../../parts/notice.ts';
import { statusPill } from '../../parts/status-pill.ts';
import type { Strings } from '../../strings.ts';
import { bytesOf, headerOf, kindOf, pretty, shapeOf } from './answer.ts';

/** Where a request stands. */
export type Outcome = { readonly state: 'none' | 'waiting' } | { readonly state: 'answered'; readonly answer: TryAnswer } | { readonly state: 'failed'; readonly error: unknown };

export interface AnswerViewOptions {
  readonly outcome: Outcome;
  readonly strings: Strings;
  readonly locale: string;
  readonly onErrors: (during: Period) => void;
}

export function answerView({ outcome, strings, locale, onErrors }: AnswerViewOptions): TemplateResult {
  return html`<section class="answer" part="response" aria-label=${strings.tryResponse}>
    <header><h2>${strings.tryResponse}</h2></header>
    <div role="status">${outcome.state === 'answered' ? facts(outcome.answer, strings, locale) : outcome.state === 'failed' ? nothing : html`<p class="hint">${outcome.state === 'waiting' ? strings.tryWaiting : strings.tryNoResponse}</p>`}</div>
    ${outcome.state === 'answered' && outcome.answer.status >= 500 ? html`<p class="facts"><button type="button" data-errors @click=${() => onErrors(periodOf(outcome.answer))}>${strings.tryShowErrors}</button></p>` : nothing}
    ${outcome.state === 'failed' ? errorBar(outcome.error, strings, locale) : outcome.state === 'answered' ? body(outcome.answer, strings, locale) : nothing}
  </section>`;
}

const periodOf = ({ sentAt, durationMs }: TryAnswer): Period => ({ from: sentAt, to: new Date(Date.parse(sentAt) + durationMs).toISOString() });

export const statusWord = (status: number, strings: Strings): string => `${status} ${status >= 500 ? strings.tryServerError : status >= 400 ? strings.tryClientError : status >= 300 ? strings.tryRedirect : status >= 200 ? strings.trySuccess : strings.tryInformation}`;

function facts({ status, durationMs, bodyBytes }: TryAnswer, strings: Strings, locale: string): TemplateResult {
  return html`<p class="facts">${statusPill({ shape: shapeOf(status), word: statusWord(status, strings) })}<span class="number" part="timing">${formatDuration(durationMs, locale)}</span><span class="number">${formatBytes(bodyBytes, locale)}</span></p>`;
}

const formatBytes = (bytes: number, locale: string): string => (bytes >= 100_000 ? formatMegabytes(bytes, locale) : new Intl.NumberFormat(locale, { style: 'unit', unit: 'byte', unitDisplay: 'long' }).format(bytes));

function body(answer: TryAnswer, strings: Strings, locale: string): TemplateResult {
  const kind = kindOf(answer);
  const isText = kind === 'json' || kind === 'text';
  return html`
    ${answer.truncatedBy === undefined ? nothing : html`<div class="bar" role="status"><p>${answer.truncatedBy === 'size' ? strings.tryCutSize(formatBytes(answer.bodyBytes, locale)) : answer.truncatedBy === 'time' ? strings.tryCutTime : strings.tryCutApp}</p></div>`}
    <details><summary>${strings.tryHeaders(formatNumber(answer.headers.length, locale))}</summary><dl part="headers" dir="ltr">${answer.headers.map(([name, value]) => html`<dt class="mono">${name}</dt><dd class="mono">${value}</dd>`)}</dl></details>
    ${kind === 'none' ? html`<p class="hint">${strings.tryNoBody}</p>` : html`<p class="facts">
      ${kind === 'bytes' ? html`<span>${strings.tryBytes(formatBytes(answer.bodyBytes, locale))}</span>` : nothing}
      ${isText ? copyButton(() => answer.body, strings, strings.tryCopyBody) : nothing}
      <button type="button" class="quiet" data-download @click=${() => download(answer)}>${strings.tryDownload}</button></p>`}
    ${isText ? html`<pre part="body" tabindex="0" aria-label=${strings.tryBody}>${pretty(answer)}</pre>` : nothing}
    ${kind === 'image' ? html`<canvas part="body" role="img" aria-label=${strings.tryImage}></canvas>` : nothing}`;
}

/** Drawn, not linked: a policy without `img-src blob:` lets no picture of ours in. */
export async function drawImage(canvas: HTMLCanvasElement, answer: TryAnswer): Promise<void> {
  const bitmap = await createImageBitmap(new Blob([bytesOf(answer)], { type: headerOf(answer, 'content-type') ?? '' })).catch(() => undefined);
  if (!bitmap) return;
  const scale = Math.min(1, 1_600 / bitmap.width, 1_600 / bitmap.height);
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
}

function download(answer: TryAnswer): void {
  const link = document.createElement('a');
  // Of no type that a page could be opened as.
  link.href = URL.createObjectURL(new Blob([bytesOf(answer)], { type: 'application/octet-stream' }));
  link.download = /filename="?([\w.-]{1,100})"?/.exec(headerOf(answer, 'content-disposition') ?? '')?.[1] ?? 'answer';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
