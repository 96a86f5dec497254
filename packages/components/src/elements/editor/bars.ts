import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import { formatAgo, formatDate } from '../../format.ts';
import { errorBar } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';

/** What stands in the way of the next act, above the files: a conflict, an error, a lost connection. */
export function bars({ save, error, connection, restored }: AppSnapshot, store: AppStore | undefined, strings: Strings, locale: string, now: number): unknown {
  if (save === 'conflict') return html`
    <div class="bar" role="alert"><p>${strings.conflict}</p><span class="actions">
      <button type="button" @click=${() => void store?.keepMine()}>${strings.keepMine}</button>
      <button type="button" @click=${() => void store?.reload()}>${strings.takeTheirs}</button></span></div>`;
  if (error !== undefined) return errorBar(error, strings, locale);
  if (connection === 'reconnecting') return html`<div class="bar" role="status" data-status="idle"><p>${strings.reconnecting}</p></div>`;
  if (restored) return html`
    <div class="bar" role="status" data-status="idle"><p>${strings.restored} <time class="secondary" datetime=${restored.at} title=${formatDate(restored.at, locale)}>${formatAgo(restored.at, now, locale)}</time></p><span class="actions">
      <button type="button" @click=${() => store?.keepRestored()}>${strings.keepRestored}</button>
      <button type="button" @click=${() => void store?.reload()}>${strings.discardRestored}</button></span></div>`;
  return nothing;
}
