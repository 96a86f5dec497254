import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../../icons-later.ts';
import { notice } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';
import type { Starter } from './create-dialog.ts';

export interface FirstAppOptions {
  readonly starters: readonly Starter[];
  readonly isReadOnly: boolean;
  readonly isBusy: boolean;
  readonly strings: Strings;
  readonly onStart: (starter: Starter) => void;
  /** Asks for a name first. */
  readonly onNew: () => void;
}

/** Where there is no app yet each starter is one, at a press and by its own name. */
export function firstApp({ starters, isReadOnly, isBusy, strings, onStart, onNew }: FirstAppOptions): TemplateResult {
  return notice(strings.noAppsTitle, strings.noAppsText, isReadOnly ? nothing : html`
    ${starters.length === 0 ? nothing : html`<div class="starts" role="group" aria-label=${strings.starter}>${starters.map((starter) => html`
      <button type="button" data-start aria-disabled=${isBusy ? 'true' : nothing} @click=${() => { if (!isBusy) onStart(starter); }}><b>${starter.title}</b>${starter.summary ? html`<small>${starter.summary}</small>` : nothing}</button>`)}</div>`}
    <button type="button" class="new" @click=${onNew}>${icons.add}${strings.newApp}</button>`);
}
