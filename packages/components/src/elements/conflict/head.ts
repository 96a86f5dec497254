import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import { ago } from '../../parts/since.ts';
import type { Strings } from '../../strings.ts';
import type { Decisions } from './decisions.ts';

export interface HeadOptions {
  readonly decisions: Decisions;
  /** They have saved again since. */
  readonly isBehind: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly strings: Strings;
  readonly locale: string;
  readonly onLater: () => void;
  readonly onFinish: () => void;
}

/** Whose the other side is, what is merged already, how much is left, and the ways out. */
export function conflictHead({ decisions: { conflict: { savedAt, savedBy }, left, plan, isAgain }, isBehind, now, strings, locale, onLater, onFinish }: HeadOptions): TemplateResult {
  const words = left > 0 ? strings.leftToDecide(formatNumber(left, locale)) : strings.allDecided;
  return html`
    <header>
      <div class="about">
        <h3 id="title" tabindex="-1">${strings.conflictTitle}</h3>
        <p class="secondary">${strings.conflictFrom(savedBy)} ${ago(savedAt, { now, strings, locale })}</p>
        <p class="secondary newer" role="status">${isBehind ? strings.conflictNewer : isAgain ? strings.conflictAgain : nothing}</p>
        ${plan.brought.length > 0 ? html`<p class="secondary merged">${strings.mergedAlready(plan.brought.join(', '))}</p>` : nothing}
      </div>
      <span class="left secondary number" role="status">${words}</span>
      <button type="button" class="large" data-later title=${strings.laterHint} @click=${onLater}>${strings.later}</button>
      <button type="button" class="primary" data-finish aria-disabled=${left > 0 ? 'true' : nothing} title=${words} @click=${onFinish}>${strings.useResult}</button>
    </header>`;
}
