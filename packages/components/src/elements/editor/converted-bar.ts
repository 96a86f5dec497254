import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';

/** What was converted last, and the way back while its files are as they were written. */
export function convertedBar({ conversion: { proposal, before }, files }: AppSnapshot, store: AppStore | undefined, strings: Strings, locale: string): TemplateResult {
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  const isStill = proposal?.files.every(({ path, content }) => texts.get(path) === content) ?? false;
  const known = new Set(before.map(({ path }) => path));
  const added = proposal?.files.filter(({ path }) => !known.has(path)).length ?? 0;
  return html`
    <div class="bar converted" role="status" data-status="idle"><p>${strings.converted(formatNumber(added, locale), added === 1)}</p><span class="actions">
      ${isStill ? html`<button type="button" tabindex="0" data-undo-convert @click=${() => void store?.undoConversion()}>${strings.undo}</button>` : html`<span class="secondary">${strings.convertUndone}</span>`}
      <button type="button" tabindex="0" @click=${() => store?.closeConversion()}>${strings.hide}</button></span></div>`;
}
