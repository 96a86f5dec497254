import type { App } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { MenuController } from '../../controllers/menu.ts';
import { formatNumber } from '../../format.ts';
import { notice } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';
import type { AppActs } from './acts.ts';
import { appItem } from './app-item.ts';
import type { Open } from './app-item.ts';

export interface AppListViewOptions {
  readonly apps: readonly App[];
  /** What is searched for, as it is typed. */
  readonly query: string;
  /** How many of those that fit are drawn at most, and how many more at a press. */
  readonly shown: number;
  readonly step: number;
  readonly isTable: boolean;
  readonly selected: string | undefined;
  readonly open: { readonly appId: string; readonly what: Open } | undefined;
  readonly isBusy: boolean;
  readonly isReadOnly: boolean;
  readonly hrefOf: ((app: App) => string) | undefined;
  readonly acts: AppActs;
  readonly menu: MenuController;
  readonly now: number;
  readonly strings: Strings;
  readonly locale: string;
  readonly onSelect: (app: App) => void;
  readonly onSearch: (query: string) => void;
  readonly onMore: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

/** The apps that fit what is searched for, as cards or as a table. */
export function appListView(options: AppListViewOptions): TemplateResult {
  const { apps, query, shown, step, isTable, strings, locale, onSearch, onMore, onKey } = options;
  const wanted = query.trim().toLocaleLowerCase(locale);
  const found = wanted === '' ? apps : apps.filter(({ title, host }) => title.toLocaleLowerCase(locale).includes(wanted) || host.includes(wanted));
  if (found.length === 0) return notice(strings.noAppsFoundTitle, strings.noAppsFoundText(query.trim()), html`<button type="button" @click=${() => onSearch('')}>${strings.clearSearch}</button>`);
  const left = found.length - shown;
  return html`
    <div class="list" part="list" role="table" aria-label=${strings.apps} aria-rowcount=${found.length} data-view=${isTable ? 'table' : 'cards'} @keydown=${onKey}>
      ${isTable ? heads(strings) : nothing}
      ${repeat(found.slice(0, shown), ({ id }) => id, (app) => item(app, options))}
    </div>
    ${left > 0 ? html`<button type="button" class="more-apps" @click=${onMore}>${strings.showMoreApps(formatNumber(Math.min(left, step), locale))}</button>` : nothing}`;
}

function heads(strings: Strings): TemplateResult {
  const cells = [['main', strings.appName], ['draft', strings.colDraft], ['saved', strings.colSaved], ['deployed', strings.colDeployed]] as const;
  return html`<div role="rowgroup"><div class="row heads" role="row">${cells.map(([name, word]) => html`<span class="cell ${name}" role="columnheader">${word}</span>`)}<span class="cell" role="cell"></span></div></div>`;
}

function item(app: App, { selected, open, isBusy, isReadOnly, hrefOf, acts, menu, now, strings, locale, onSelect }: AppListViewOptions): TemplateResult {
  return html`<div role="rowgroup" data-app=${app.id}>${appItem({
    app, isSelected: app.id === selected, open: open?.appId === app.id ? open.what : undefined, isBusy, isReadOnly, href: hrefOf?.(app), menu, now, strings, locale,
    onSelect: () => onSelect(app), onOpen: (what) => void acts.ask(app, what), onRename: (title) => void acts.rename(app, title), onClone: (wish) => void acts.clone(app, wish), onDelete: () => void acts.delete(app),
  })}</div>`;
}
