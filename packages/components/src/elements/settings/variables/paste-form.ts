import type { Dotenv, DotenvVariable } from '@fapi/sdk/dotenv';
import type { Variable } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../../format.ts';
import type { Strings } from '../../../strings.ts';
import type { EnvironmentInput } from './save-variables.ts';
import { scopes } from './variables.ts';
import { scopeWord } from './variable-list.ts';

export interface PasteFormOptions {
  /** What was read; undefined while there is only the field. */
  readonly read: Dotenv | undefined;
  readonly known: readonly Variable[];
  readonly strings: Strings;
  readonly locale: string;
  readonly isBusy: boolean;
  readonly onRead: (text: string) => void;
  readonly onSave: (variables: EnvironmentInput[]) => void;
  readonly onClose: () => void;
}

/** A whole .env file: first the field, then, with the field gone, what was read from it: names and a guess which are secret, without values. */
export function pasteForm(options: PasteFormOptions): TemplateResult {
  const { read, strings, locale, isBusy, onRead, onSave, onClose } = options;
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    if (!read) {
      onRead(String(given.get('pasted') ?? ''));
      form.reset();
    } else if (!isBusy) onSave(read.variables.map(({ name, value }) => ({ name, value, secret: given.has(`secret ${name}`), scope: String(given.get('scope')) as Variable['scope'] })));
  };
  const count = read?.variables.length ?? 0;
  return html`
    <form part="form" autocomplete="off" aria-label=${strings.pasteDotenv} @submit=${onSubmit}>
      <h3>${strings.pasteDotenv}</h3>
      ${read ? preview(read, options) : html`<label>${strings.pasteHint}<textarea name="pasted" rows="6" spellcheck="false" autocapitalize="off" autocomplete="off" dir="ltr"></textarea></label>`}
      <div class="actions">
        ${read && count === 0 ? nothing : html`<button class="large" aria-disabled=${read && isBusy ? 'true' : nothing}>${read ? strings.savePasted(formatNumber(count, locale), count === 1) : strings.readPasted}</button>`}
        <button type="button" class="large quiet" @click=${onClose}>${strings.dismiss}</button>
      </div>
    </form>`;
}

function preview({ variables, issues }: Dotenv, { known, strings, locale }: PasteFormOptions): TemplateResult {
  const isKnown = (name: string): boolean => known.some((one) => one.name === name);
  return html`
    ${issues.length > 0 ? html`<div role="alert"><ul class="issues">${issues.map(({ line, message }) => html`<li>${strings.pastedIssue(formatNumber(line, locale), strings.dotenvSays(message))}</li>`)}</ul></div>` : nothing}
    ${variables.length === 0 ? html`<p class="secondary">${strings.nothingPasted}</p>` : html`
      <ul class="pasted" part="pasted">${variables.map((variable) => pasted(variable, isKnown(variable.name), strings))}</ul>
      <label>${strings.scope}<select name="scope">${scopes.map((scope) => html`<option value=${scope}>${scopeWord(scope, strings)}</option>`)}</select></label>`}`;
}

function pasted({ name, secret }: DotenvVariable, isKnown: boolean, strings: Strings): TemplateResult {
  return html`<li><span class="mono">${name}</span>${isKnown ? html`<span class="secondary">${strings.replaces}</span>` : nothing}<label class="check"><input type="checkbox" name=${`secret ${name}`} aria-label=${strings.secretNamed(name)} .checked=${secret}>${strings.secret}</label></li>`;
}
