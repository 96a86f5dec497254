import type { Diff, Revision } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import { changedFile } from '../../parts/changed-file.ts';
import { errorNotice, skeleton } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';

/** What is compared: `draft`, `live` or a digest. */
export interface Sides { readonly from: string; readonly to: string }

export interface CompareOptions {
  readonly sides: Sides;
  readonly revisions: readonly Revision[];
  readonly diff: Diff | undefined;
  readonly error: unknown;
  readonly strings: Strings;
  readonly locale: string;
  readonly onSides: (sides: Sides) => void;
  readonly onRetry: () => void;
  readonly onBack: () => void;
}

/** What differs between two revisions, or the draft: the API first, because others depend on it, then what makes it, file by file. */
export function compare(options: CompareOptions): TemplateResult {
  const { sides, diff, error, strings, locale, onSides, onRetry, onBack } = options;
  return html`
    <section class="compare" part="diff" aria-label=${strings.compare}>
      <div class="sides">
        <button type="button" class="quiet icon-only" data-back aria-label=${strings.backToHistory} title=${strings.backToHistory} @click=${onBack}>${icons.back}</button>
        ${side(strings.compareFrom, sides.from, options, (from) => onSides({ ...sides, from }))}
        ${side(strings.compareTo, sides.to, options, (to) => onSides({ ...sides, to }))}
      </div>
      ${error !== undefined ? errorNotice(error, strings, locale, onRetry) : diff ? differences(diff, strings, locale) : html`<p class="note secondary" role="status">${strings.comparing}</p>${skeleton(strings, 4)}`}
    </section>`;
}

function side(label: string, chosen: string, { revisions, strings, locale }: CompareOptions, onChoose: (value: string) => void): TemplateResult {
  const choices = [
    { value: 'draft', word: strings.draft }, ...(revisions.some(({ isLive }) => isLive) ? [{ value: 'live', word: strings.statusLive }] : []),
    ...revisions.map(({ digest, number, comment }) => ({ value: digest, word: comment ? `${strings.revision(formatNumber(number, locale))} · ${comment.slice(0, 40)}` : strings.revision(formatNumber(number, locale)) })),
  ];
  return html`<label><span>${label}</span><select @change=${(event: Event) => onChoose((event.target as HTMLSelectElement).value)}>${choices.map(({ value, word }) => html`<option value=${value} .selected=${value === chosen}>${word}</option>`)}</select></label>`;
}

function differences({ api, files, environment, dependencies }: Diff, strings: Strings, locale: string): TemplateResult {
  const word = { added: strings.changeAdded, removed: strings.changeRemoved, changed: strings.changeChanged } as const;
  const names = (['added', 'removed', 'changed'] as const).flatMap((change) => environment[change].map((name) => ({ name, change })));
  const packages = (['added', 'removed', 'changed'] as const).flatMap((change) => dependencies[change].map((one) => ({ ...one, change })));
  const isSame = api.isKnown && environment.isKnown && dependencies.reason === undefined && [api.routes, api.schemas, names, packages, files].every((list) => list.length === 0);
  if (isSame) return html`<p class="note" role="status">${strings.noDifference}</p>`;
  const contract = (row: { change: keyof typeof word; isBreaking: boolean; reasons: readonly { message: string; isBreaking: boolean }[] }, name: TemplateResult): TemplateResult => html`
    <li data-change=${row.change}>${mark(row.change)}${name}<span class="visually-hidden">${word[row.change]}</span>${row.isBreaking ? html`<span class="breaking">${strings.breaking}</span>` : nothing}
      ${row.reasons.length === 0 || row.change !== 'changed' ? nothing : html`<ul class="reasons">${row.reasons.map(({ message }) => html`<li class="secondary">${strings.changeSays(message)}</li>`)}</ul>`}</li>`;
  return html`
    ${part(strings.changedApi, api.routes.length, api.isKnown ? undefined : strings.apiUnknown, html`<ul>${api.routes.map((route) => contract(route, html`<code class="mono"><b>${route.method}</b> ${route.path}</code>`))}</ul>`, strings, locale)}
    ${api.schemas.length === 0 ? nothing : part(strings.changedSchemas, api.schemas.length, undefined, html`<ul>${api.schemas.map((schema) => contract(schema, html`<code class="mono">${schema.name}</code>`))}</ul>`, strings, locale)}
    ${part(strings.variables, names.length, environment.isKnown ? undefined : strings.environmentUnknown, html`<ul>${names.map(({ name, change }) => html`<li data-change=${change}>${mark(change)}<code class="mono">${name}</code><span class="secondary">${word[change]}</span></li>`)}</ul>`, strings, locale)}
    ${part(strings.changedDependencies, packages.length, dependencies.reason === undefined ? undefined : strings.dependenciesUnknown, html`<ul>${packages.map(({ name, from, to, change }) => html`
      <li data-change=${change}>${mark(change)}<code class="mono">${name}</code><span class="secondary mono">${[from, to].filter((one) => one !== undefined).map((one) => one || strings.anyVersion).join(' → ')}</span></li>`)}</ul>`, strings, locale)}
    ${part(strings.changedFiles, files.length, undefined, html`${files.map((file) => changedFile(file, files.length < 6, strings, locale))}`, strings, locale)}`;
}

const mark = (change: 'added' | 'removed' | 'changed'): TemplateResult => html`<span class="mark mono" aria-hidden="true">${{ added: '+', removed: '−', changed: '~' }[change]}</span>`;

function part(title: string, count: number, unknown: string | undefined, content: TemplateResult, strings: Strings, locale: string): TemplateResult {
  return html`<section class="part"><h3>${title}${count > 0 ? html` <span class="number secondary">${formatNumber(count, locale)}</span>` : nothing}</h3>
    ${unknown !== undefined ? html`<p class="secondary">${unknown}</p>` : count === 0 ? html`<p class="secondary">${strings.sameHere}</p>` : content}</section>`;
}
