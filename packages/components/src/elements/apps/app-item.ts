import type { App } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { appWords } from '../../app-words.ts';
import * as icons from '../../icons-later.ts';
import { cloneForm } from '../../parts/clone-form.ts';
import type { CloneWish } from '../../parts/clone-form.ts';
import { deployedSince, savedSince } from '../../parts/since.ts';
import { statusPill } from '../../parts/status-pill.ts';
import { leaving } from '../../parts/leaving.ts';
import type { Strings } from '../../strings.ts';

/** What of one app is open: its acts, or the question of one of them. */
export type Open = 'acts' | 'rename' | 'clone';

export interface AppItemOptions {
  readonly app: App;
  readonly isSelected: boolean;
  readonly open: Open | undefined;
  readonly isBusy: boolean;
  readonly isReadOnly: boolean;
  readonly href: string | undefined;
  readonly now: number;
  readonly strings: Strings;
  readonly locale: string;
  readonly onSelect: () => void;
  readonly onOpen: (open: Open | undefined) => void;
  /** The acts have lost the focus, or their place. */
  readonly onLeft: () => void;
  readonly onRename: (title: string) => void;
  readonly onClone: (wish: CloneWish) => void;
  readonly onDelete: () => void;
}

/** The cells of one app: what it is called and how it is, what its draft is, when it was saved and deployed and by whom, its acts. */
export function appItem(options: AppItemOptions): TemplateResult {
  const { app, isSelected, open, isReadOnly, href, strings, locale, onSelect, onOpen } = options;
  const { health, rollout, draft } = appWords({ app, strings, locale });
  const words = html`<span class="title truncate" title=${app.title}>${app.title}</span> <span class="facts">${[health, rollout].filter((word) => word !== undefined).map((word, index) => html`${index > 0 ? ' ' : nothing}${statusPill(word)}`)}</span>`;
  const current = isSelected ? 'true' : nothing;
  const onClick = (event: MouseEvent): void => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) onSelect(); };
  return html`
    <div class="row" part="app" role="row">
      <span class="cell main" role="cell">${href === undefined
        ? html`<button type="button" class="open" data-open aria-current=${current} @click=${onSelect}>${words}</button>`
        : html`<a class="open" data-open href=${href} aria-current=${current} @click=${onClick}>${words}</a>`}</span>
      <span class="cell draft secondary truncate" role="cell">${draft ?? nothing}</span>
      <span class="cell saved secondary truncate" role="cell">${savedSince(app, options)}</span>
      <span class="cell deployed secondary truncate" role="cell">${app.live ? deployedSince(app.live, options) : nothing}</span>
      <span class="cell acts" role="cell">${isReadOnly ? nothing : html`<button type="button" class="quiet icon-only" data-more tabindex="0" aria-expanded=${open !== undefined} aria-label=${strings.moreActs(app.title)} title=${strings.moreActs(app.title)} @click=${() => onOpen(open === undefined ? 'acts' : undefined)}>${icons.more}</button>`}</span>
    </div>
    ${open === undefined ? nothing : html`<div class="asked" data-asked=${open} role="row"><div role="cell">${asked(options)}</div></div>`}`;
}

function asked({ app, open, isBusy, strings, onOpen, onLeft, onRename, onClone, onDelete }: AppItemOptions): TemplateResult {
  const onEscape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onOpen(undefined);
  };
  if (open === 'clone') {
    const sources = [{ value: 'draft', word: strings.cloneDraft }, ...(app.live ? [{ value: 'live', word: strings.cloneLive }] : [])];
    return cloneForm({ name: app.title, sources, isBusy, strings, onClone, onCancel: () => onOpen(undefined) });
  }
  const busy = isBusy ? 'true' : nothing;
  if (open === 'rename') return html`
    <form class="rename" @keydown=${onEscape} @submit=${(event: Event) => {
      event.preventDefault();
      onRename(String(new FormData(event.target as HTMLFormElement).get('title')).trim());
    }}>
      <label>${strings.appName}<input name="title" required maxlength="80" autocomplete="off" .value=${app.title}></label>
      <span class="actions"><button aria-disabled=${busy}>${strings.renameApp}</button><button type="button" class="quiet" @click=${() => onOpen(undefined)}>${strings.dismiss}</button></span>
    </form>`;
  const act = (icon: unknown, word: string, onClick: () => void): TemplateResult => html`<button type="button" class="quiet" aria-label=${strings.actOn(word, app.title)} aria-disabled=${busy} @click=${onClick}>${icon}${word}</button>`;
  return html`<div class="menu strip" popover="manual" tabindex="-1" role="group" aria-label=${strings.moreActs(app.title)} @keydown=${onEscape} @focusout=${leaving(onLeft)} @toggle=${({ newState }: ToggleEvent) => { if (newState === 'closed') onLeft(); }}>
    ${act(icons.rename, strings.renameApp, () => onOpen('rename'))}${act(icons.clone, strings.cloneApp, () => onOpen('clone'))}${act(icons.remove, strings.deleteApp, onDelete)}
  </div>`;
}
