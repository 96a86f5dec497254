import type { App } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { appWords } from '../../app-words.ts';
import type { MenuController } from '../../controllers/menu.ts';
import * as icons from '../../icons-later.ts';
import { cloneForm } from '../../parts/clone-form.ts';
import type { CloneWish } from '../../parts/clone-form.ts';
import type { MenuEntry } from '../../parts/menu-list.ts';
import { deployedSince, savedSince } from '../../parts/since.ts';
import { statusPill } from '../../parts/status-pill.ts';
import type { Strings } from '../../strings.ts';

/** Which act of an app asks for more. */
export type Open = 'rename' | 'clone';

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
  readonly menu: MenuController;
  readonly onRename: (title: string) => void;
  readonly onClone: (wish: CloneWish) => void;
  readonly onDelete: () => void;
}

/** The cells of one app: what it is called and how it is, what its draft is, when it was saved and deployed and by whom, its acts. */
export function appItem(options: AppItemOptions): TemplateResult {
  const { app, isSelected, open, isReadOnly, href, menu, strings, locale, onSelect } = options;
  const { health, rollout, draft } = appWords({ app, strings, locale });
  const words = html`<span class="title truncate" title=${app.title}>${app.title}</span> <span class="facts">${[health, rollout].filter((word) => word !== undefined).map((word, index) => html`${index > 0 ? ' ' : nothing}${statusPill(word)}`)}</span>`;
  const current = isSelected ? 'true' : nothing;
  const onClick = (event: MouseEvent): void => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) onSelect(); };
  return html`
    <div class="row" part="app" role="row">
      <span class="cell main" role="cell">${href === undefined
        ? html`<button type="button" class="open" data-open aria-current=${current} @click=${onSelect}>${words}</button>`
        : html`<a class="open" data-open href=${href} aria-current=${current} @click=${onClick}>${words}</a>`}</span>
      <span class="cell draft secondary truncate" role="cell" ?data-settled=${draft === strings.freshnessUpToDate}>${draft ?? nothing}</span>
      <span class="cell saved secondary truncate" role="cell">${savedSince(app, options)}</span>
      <span class="cell deployed secondary truncate" role="cell">${app.live ? deployedSince(app.live, options) : nothing}</span>
      <span class="cell acts" role="cell">${isReadOnly ? nothing : html`${menu.opener(app.id, strings.moreActs(app.title))}${menu.menu(app.id, strings.moreActs(app.title), () => entriesOf(options))}`}</span>
    </div>
    ${open === undefined ? nothing : html`<div class="asked" data-asked=${open} role="row"><div role="cell">${asked(options)}</div></div>`}`;
}

function entriesOf({ app, isBusy, strings, onOpen, onDelete }: AppItemOptions): MenuEntry[] {
  const entry = (act: string, icon: TemplateResult, word: string, run: () => void): MenuEntry => ({ act, icon, word, name: strings.actOn(word, app.title), isOff: isBusy, run });
  return [entry('rename', icons.rename, strings.renameApp, () => onOpen('rename')), entry('clone', icons.clone, strings.cloneApp, () => onOpen('clone')), entry('delete', icons.remove, strings.deleteApp, onDelete)];
}

function asked({ app, open, isBusy, strings, onOpen, onRename, onClone }: AppItemOptions): TemplateResult {
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
  return html`
    <form class="rename" @keydown=${onEscape} @submit=${(event: Event) => {
      event.preventDefault();
      onRename(String(new FormData(event.target as HTMLFormElement).get('title')).trim());
    }}>
      <label>${strings.appName}<input name="title" required maxlength="80" autocomplete="off" .value=${app.title}></label>
      <span class="actions"><button aria-disabled=${busy}>${strings.renameApp}</button><button type="button" class="quiet" @click=${() => onOpen(undefined)}>${strings.dismiss}</button></span>
    </form>`;
}
