import { html, nothing, type TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';
import { drawnText } from '../logs/plain-text.ts';
import type { Operation } from './operations.ts';
import { longestDrawn } from './request-form.ts';

export interface OperationListOptions {
  readonly operations: readonly Operation[];
  /** Undefined: the free request. */
  readonly chosen: string | undefined;
  readonly search: string;
  readonly strings: Strings;
  readonly locale: string;
  readonly onSearch: (search: string) => void;
  readonly onChoose: (operation: Operation | undefined) => void;
}

const mostShown = 200;

/** The operations that have every word that is searched for, and the free request. */
export function operationList({ operations, chosen, search, strings, locale, onSearch, onChoose }: OperationListOptions): TemplateResult {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const found = operations.filter(({ id, summary }) => words.every((word) => `${id} ${summary}`.toLowerCase().includes(word)));
  const left = found.length - mostShown;
  return html`
    <nav class="side" aria-label=${strings.tryOperations}>
      <div class="search"><input type="search" aria-label=${strings.trySearch} placeholder=${strings.trySearch} .value=${search} @input=${(event: InputEvent) => onSearch((event.target as HTMLInputElement).value)}></div>
      ${found.length === 0 ? html`<p class="hint" role="status">${strings.tryNothingFound}</p>` : nothing}
      <ul part="operations">
        ${found.slice(0, mostShown).map((operation) => row(operation, operation.id === chosen, strings, onChoose))}
        ${left > 0 ? html`<li class="hint">${strings.tryMore(formatNumber(left, locale))}</li>` : nothing}
        <li><button type="button" class="operation quiet" part="operation" data-free aria-current=${chosen === undefined ? 'true' : nothing} @click=${() => onChoose(undefined)}><span class="method mono" aria-hidden="true">…</span><span class="path">${strings.tryFree}</span></button></li>
      </ul>
    </nav>`;
}

function row(operation: Operation, isChosen: boolean, strings: Strings, onChoose: OperationListOptions['onChoose']): TemplateResult {
  const { method, path, summary, isDeprecated } = operation;
  return html`<li><button type="button" class="operation quiet" part="operation" aria-current=${isChosen ? 'true' : nothing} ?data-deprecated=${isDeprecated} @click=${() => onChoose(operation)}>
    <span class="method mono">${method}</span><span class="path mono">${drawnText(path, longestDrawn)}</span>${summary === '' && !isDeprecated ? nothing : html`<span class="summary"><bdi>${summary}</bdi>${isDeprecated ? html` (${strings.tryDeprecated})` : nothing}</span>`}
  </button></li>`;
}
