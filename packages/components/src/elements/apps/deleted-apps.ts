import type { App } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatDate } from '../../format.ts';
import { notice } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';

export interface DeletedAppsOptions { readonly apps: readonly App[]; readonly isBusy: boolean; readonly strings: Strings; readonly locale: string; readonly onRestore: (app: App) => void }

/** What was deleted and can be had back, and until when. */
export function deletedApps({ apps, isBusy, strings, locale, onRestore }: DeletedAppsOptions): TemplateResult {
  if (apps.length === 0) return notice(strings.noDeletedTitle, strings.noDeletedText);
  return html`<ul class="deleted" aria-label=${strings.deletedApps}>${apps.map((app) => html`
    <li data-app=${app.id}>
      <span class="title truncate" title=${app.title}>${app.title}</span>
      <span class="secondary">${app.restorableUntil === undefined ? nothing : strings.restorableUntil(formatDate(app.restorableUntil, locale))}</span>
      <button type="button" aria-label=${strings.actOn(strings.restore, app.title)} aria-disabled=${isBusy ? 'true' : nothing} @click=${() => onRestore(app)}>${strings.restore}</button>
    </li>`)}</ul>`;
}
