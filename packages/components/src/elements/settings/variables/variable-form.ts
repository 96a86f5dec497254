import { looksSecret } from '@fapi/sdk';
import { environmentLimits } from '@fapi/sdk/contract';
import type { Variable } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../../format.ts';
import type { Strings } from '../../../strings.ts';
import type { EnvironmentInput } from './save-variables.ts';
import { keyOf, scopeWord } from './variable-list.ts';
import { isSamePlace, scopes } from './variables.ts';

export interface VariableFormOptions {
  /** The variable whose value is replaced; a new one when absent. */
  readonly replaced: Variable | undefined;
  /** What the name of a new one is at first. */
  readonly name: string | undefined;
  readonly strings: Strings;
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  /** Those that are there: what is typed may replace some of them. */
  readonly known: readonly Variable[];
  /** What is typed; undefined before the first key. */
  readonly typed: TypedVariable | undefined;
  readonly locale: string;
  readonly onType: (typed: TypedVariable) => void;
  readonly onSave: (variable: EnvironmentInput) => void;
  readonly onClose: () => void;
}

/** What a variable would replace, and how much of the limit its value takes. */
export interface TypedVariable { readonly name: string; readonly scope: Variable['scope']; readonly bytes: number }

/** From this part of the limit on it is shown how much is used. */
const near = 0.8;
const encoder = new TextEncoder();

/** One variable. Its value is in the field and nowhere else, and the field is gone with the form. */
export function variableForm(options: VariableFormOptions): TemplateResult {
  const { replaced, name, strings, isBusy, problem, onSave, onType, onClose } = options;
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => String(given.get(name) ?? '');
    if (!isBusy) onSave({ name: replaced?.name ?? text('name').trim(), value: text('value'), secret: given.has('secret'), scope: text('scope') as Variable['scope'] });
  };
  /** A guess, until somebody has said it. */
  const onInput = (event: Event): void => {
    const form = event.currentTarget as HTMLFormElement;
    const [box, value] = [form.querySelector<HTMLInputElement>('[name=secret]')!, form.querySelector<HTMLTextAreaElement>('[name=value]')!];
    if (event.target === box) box.dataset['said'] = '';
    const name = replaced?.name ?? form.querySelector<HTMLInputElement>('[name=name]')!.value.trim();
    if (box.dataset['said'] === undefined && !replaced) box.checked = looksSecret(name, value.value);
    value.toggleAttribute('data-secret', box.checked);
    onType({ name, scope: form.querySelector<HTMLSelectElement>('[name=scope]')!.value as Variable['scope'], bytes: encoder.encode(value.value).length });
  };
  return html`
    <form part="form" data-key=${replaced ? keyOf(replaced) : nothing} autocomplete="off" aria-label=${replaced ? strings.replaceVariable(replaced.name) : strings.addVariable} @submit=${onSubmit} @input=${onInput}>
      <h3>${replaced ? strings.replaceVariable(replaced.name) : strings.addVariable}</h3>
      ${replaced ? nothing : html`<label>${strings.variableName}<input class="mono" name="name" .value=${name ?? ''} required maxlength=${environmentLimits.nameBytes} spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby=${problem ? 'problem' : nothing} aria-invalid=${problem ? 'true' : nothing}></label>`}
      <label>${strings.variableValue}<textarea name="value" rows="2" spellcheck="false" autocapitalize="off" autocomplete="off" ?data-secret=${replaced?.secret ?? false}></textarea></label>
      <label class="check"><input type="checkbox" name="secret" .checked=${replaced?.secret ?? false}>${strings.secretHint}</label>
      <label>${strings.scope}<select name="scope">${scopes.map((scope) => html`<option value=${scope} ?selected=${scope === (replaced?.scope ?? 'both')}>${scopeWord(scope, strings)}</option>`)}</select></label>
      ${hints(options)}
      ${problem ? html`<p class="problem" id="problem" role="alert">${problem}</p>` : nothing}
      <div class="actions"><button class="large" aria-disabled=${isBusy ? 'true' : nothing}>${strings.save}</button><button type="button" class="large quiet" @click=${onClose}>${strings.dismiss}</button></div>
    </form>`;
}

/** What saving does that was not asked for, and how near the value is to what it may be. */
function hints({ replaced, known, typed, strings, locale }: VariableFormOptions): TemplateResult {
  const twins = !typed ? [] : known.filter((one) => isSamePlace(one, typed) && !(replaced && keyOf(one) === keyOf(replaced)));
  const isNear = typed !== undefined && typed.bytes >= environmentLimits.valueBytes * near;
  return html`<div class="hints" role="status">
    ${twins.map(({ name, scope }) => html`<p>${strings.variableReplaces(name, scopeWord(scope, strings))}</p>`)}
    ${isNear ? html`<p class="number" ?data-over=${typed.bytes > environmentLimits.valueBytes}>${strings.variableUsed(formatNumber(typed.bytes, locale), formatNumber(environmentLimits.valueBytes, locale))}</p>` : nothing}
  </div>`;
}
