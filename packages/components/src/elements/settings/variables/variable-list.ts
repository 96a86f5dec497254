import type { Variable } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../../../icons.ts';
import type { Strings } from '../../../strings.ts';

export interface VariableListOptions {
  readonly variables: readonly Variable[];
  readonly strings: Strings;
  readonly isReadOnly: boolean;
  readonly isBusy: boolean;
  /** The one whose end waits for a word, as `nameOf` says. */
  readonly asked: string | undefined;
  /** What is wrong with each, by `keyOf`. */
  readonly problems: ReadonlyMap<string, string>;
  readonly onReplace: (variable: Variable) => void;
  readonly onAsk: (variable: Variable | undefined) => void;
  readonly onRemove: (variable: Variable) => void;
}

export const keyOf = ({ name, scope }: Pick<Variable, 'name' | 'scope'>): string => `${name} ${scope}`;

export const scopeWord = (scope: Variable['scope'], strings: Strings): string => ({ both: strings.scopeBoth, live: strings.scopeLive, draft: strings.scopeDraft })[scope] ?? scope;

/** What is there: the value of a secret is never told, and so not shown. */
export function variableList(options: VariableListOptions): TemplateResult {
  return html`<ul class="variables" part="list" aria-label=${options.strings.variables}>${options.variables.map((variable) => row(variable, options))}</ul>`;
}

function row(variable: Variable, { strings, isReadOnly, isBusy, asked, problems, onReplace, onAsk, onRemove }: VariableListOptions): TemplateResult {
  const { name, value, secret, scope } = variable;
  const busy = isBusy ? 'true' : nothing;
  return html`
    <li part="variable" data-key=${keyOf(variable)}>
      <span class="name mono">${name}</span>
      <span class="fact secondary">${secret ? html`<span aria-hidden="true">••••••</span> ${strings.secret}` : html`<span class="mono">${value}</span>`} · ${scopeWord(scope, strings)}</span>
      ${isReadOnly ? nothing : html`<span class="acts">
        <button type="button" class="quiet icon-only" data-replace aria-label=${strings.replaceVariable(name)} title=${strings.replaceVariable(name)} @click=${() => onReplace(variable)}>${icons.rename}</button>
        <button type="button" class="quiet icon-only" data-remove aria-label=${strings.removeVariable(name)} title=${strings.removeVariable(name)} @click=${() => onAsk(variable)}>${icons.remove}</button>
      </span>`}
      ${problems.has(keyOf(variable)) ? html`<p class="problem fact" role="alert">${problems.get(keyOf(variable))}</p>` : nothing}
      ${asked === keyOf(variable) ? html`<div class="asks" role="group" aria-label=${strings.removeVariable(name)}>
        <p>${strings.removeVariableQuestion(name)}</p>
        <button type="button" aria-disabled=${busy} @click=${() => onRemove(variable)}>${strings.remove}</button>
        <button type="button" class="quiet" @click=${() => onAsk(undefined)}>${strings.keep}</button>
      </div>` : nothing}
    </li>`;
}
