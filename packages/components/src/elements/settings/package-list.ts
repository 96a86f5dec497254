import type { RuntimePackages } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import { skeleton } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';

export interface PackageListOptions {
  readonly isOpen: boolean;
  readonly value: RuntimePackages | undefined;
  readonly error: unknown;
  readonly query: string;
  readonly strings: Strings;
  readonly locale: string;
  readonly onToggle: (isOpen: boolean) => void;
  readonly onQuery: (query: string) => void;
  readonly onRetry: () => void;
}

/** What every app can import without asking, with versions as they are installed where apps run. */
export function packageList(options: PackageListOptions): TemplateResult {
  const { isOpen, strings, onToggle } = options;
  return html`<details class="section" part="packages" ?open=${isOpen} @toggle=${(event: Event) => onToggle((event.currentTarget as HTMLDetailsElement).open)}>
    <summary>${strings.packages}</summary>${isOpen ? content(options) : nothing}</details>`;
}

function content({ value, error, query, strings, locale, onQuery, onRetry }: PackageListOptions): TemplateResult {
  if (!value) return error === undefined ? skeleton(strings, 4) : html`<p class="text secondary">${strings.packagesUnreadable} <button type="button" class="link" @click=${onRetry}>${strings.tryAgain}</button></p>`;
  const asked = query.trim().toLowerCase();
  const found = value.packages.filter(({ name }) => name.includes(asked));
  return html`
    <p class="text secondary">${strings.packagesText(value.python)}</p>
    <label class="find"><span class="visually-hidden">${strings.packageSearch}</span><input type="search" placeholder=${strings.packageSearch} .value=${query} spellcheck="false" autocomplete="off" @input=${(event: Event) => onQuery((event.target as HTMLInputElement).value)}></label>
    <p class="text secondary number" role="status">${strings.packageCount(formatNumber(found.length, locale), found.length === 1)}</p>
    <ul class="packages" tabindex="0" aria-label=${strings.packages}>${found.map(({ name, version }) => html`<li><span class="mono truncate">${name}</span><span class="mono secondary">${version}</span></li>`)}</ul>`;
}
