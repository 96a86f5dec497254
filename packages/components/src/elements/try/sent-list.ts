import { html, nothing, type TemplateResult } from 'lit';
import { formatDate, formatDuration } from '../../format.ts';
import { statusPill } from '../../parts/status-pill.ts';
import type { Strings } from '../../strings.ts';
import { shapeOf } from './answer.ts';
import { statusWord, type Outcome } from './answer-view.ts';
import type { Draft } from './draft.ts';
import { drawnText } from '../logs/plain-text.ts';
import { longestDrawn } from './request-form.ts';

export interface Sent { readonly draft: Draft; readonly at: string; readonly outcome: Outcome }

export const mostSent = 20;

/** What was sent in this page, newest first; each goes back into the form. Without what was typed to sign in. */
export function sentList(sent: readonly Sent[], strings: Strings, locale: string, onChoose: (one: Sent) => void): unknown {
  if (sent.length === 0) return nothing;
  return html`<section aria-label=${strings.tryHistory}><header><h2>${strings.tryHistory}</h2></header><ol part="history">${sent.map((one) => row(one, strings, locale, onChoose))}</ol></section>`;
}

function row(one: Sent, strings: Strings, locale: string, onChoose: (one: Sent) => void): TemplateResult {
  const { draft, at, outcome } = one;
  return html`<li><button type="button" class="entry quiet" @click=${() => onChoose(one)}>
    <span class="method mono">${draft.method}</span><span class="path mono">${drawnText(draft.path, longestDrawn)}</span>
    ${outcome.state === 'answered' ? html`${statusPill({ shape: shapeOf(outcome.answer.status), word: statusWord(outcome.answer.status, strings) })}<span class="number secondary">${formatDuration(outcome.answer.durationMs, locale)}</span>` : statusPill({ shape: 'failed', word: strings.tryFailed })}
    <time class="secondary" datetime=${at}>${formatDate(at, locale)}</time>
  </button></li>`;
}
