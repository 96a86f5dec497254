import { logLevels } from '@fapi/sdk/contract';
import type { LogLevel } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';

export interface FilterBarOptions {
  readonly level: LogLevel | undefined;
  /** The deploy whose lines are shown, and those that there are, the newest first. */
  readonly generation: number | undefined;
  readonly generations: readonly number[];
  readonly query: string;
  readonly finds: number;
  /** Which of them is chosen, from 0; -1 for none. */
  readonly at: number;
  readonly strings: Strings;
  readonly locale: string;
  readonly onLevel: (level: LogLevel | undefined) => void;
  readonly onGeneration: (generation: number | undefined) => void;
  readonly onQuery: (query: string) => void;
  readonly onStep: (step: 1 | -1) => void;
  readonly onLeave: () => void;
}

/** Which lines are shown, and which are looked for among them. */
export function filterBar(options: FilterBarOptions): TemplateResult {
  const { level, generation, generations, query, strings, locale, onLevel, onGeneration } = options;
  const words: Record<LogLevel, string> = { info: strings.logsLevelAll, warning: strings.logsLevelWarning, error: strings.logsLevelError };
  const chosen = (event: Event): string => (event.target as HTMLSelectElement).value;
  return html`
    <form class="filter" part="filter" role="search" aria-label=${strings.logsFilter} @submit=${(event: Event) => event.preventDefault()}>
      <select name="level" aria-label=${strings.logsLevel} @change=${(event: Event) => onLevel(logLevels.slice(1).find((one) => one === chosen(event)))}>
        ${logLevels.map((one) => html`<option value=${one} .selected=${one === (level ?? 'info')}>${words[one]}</option>`)}
      </select>
      <select name="generation" aria-label=${strings.logsDeploy} @change=${(event: Event) => onGeneration(chosen(event) === '' ? undefined : Number(chosen(event)))}>
        <option value="" .selected=${generation === undefined}>${strings.logsDeployAll}</option>
        ${generations.map((one) => html`<option value=${one} .selected=${one === generation}>${strings.generation(formatNumber(one, locale))}</option>`)}
      </select>
      ${search(options)}
      <span class="count number secondary" role="status">${query === '' ? nothing : found(options)}</span>
    </form>`;
}

function search({ query, finds, strings, onQuery, onStep, onLeave }: FilterBarOptions): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    // What is typed here is not meant for the hotkeys of a page.
    if (!event.ctrlKey && !event.metaKey && !event.altKey && event.key !== 'Tab') event.stopPropagation();
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    event.preventDefault();
    if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
    else onLeave();
  };
  const none = finds === 0 ? 'true' : nothing;
  return html`
    <input type="search" name="query" .value=${query} placeholder=${strings.logsSearch} aria-label=${strings.logsSearch} spellcheck="false" autocapitalize="off" autocomplete="off" maxlength="500"
      @input=${(event: Event) => onQuery((event.target as HTMLInputElement).value)} @keydown=${onKey}>
    ${query === '' ? nothing : html`
      <button type="button" class="quiet icon-only up" aria-label=${strings.logsPrevious} title=${strings.logsPrevious} aria-disabled=${none} @click=${() => onStep(-1)}>${icons.chevron}</button>
      <button type="button" class="quiet icon-only down" aria-label=${strings.logsNext} title=${strings.logsNext} aria-disabled=${none} @click=${() => onStep(1)}>${icons.chevron}</button>`}`;
}

function found({ finds, at, strings, locale }: FilterBarOptions): string {
  const count = formatNumber(finds, locale);
  return finds === 0 ? strings.nothingInProject : at === -1 ? strings.logsFoundCount(count, finds === 1) : strings.logsFound(formatNumber(at + 1, locale), count);
}
