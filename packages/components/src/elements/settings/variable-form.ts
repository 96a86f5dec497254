import { looksSecret } from '@fapi/sdk';
import { environmentLimits } from '@fapi/sdk/contract';
import type { Variable } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../strings.ts';
import type { EnvironmentInput } from './save-variables.ts';
import { scopes } from './variables.ts';
import { scopeWord } from './variable-list.ts';

export interface VariableFormOptions {
  /** The variable whose value is replaced; a new one when absent. */
  readonly replaced: Variable | undefined;
  readonly strings: Strings;
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  readonly onSave: (variable: EnvironmentInput) => void;
  readonly onClose: () => void;
}

/** One variable. Its value is in the field and nowhere else, and the field is gone with the form. */
export function variableForm({ replaced, strings, isBusy, problem, onSave, onClose }: VariableFormOptions): TemplateResult {
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
  };
  return html`
    <form part="form" autocomplete="off" aria-label=${replaced ? strings.replaceVariable(replaced.name) : strings.addVariable} @submit=${onSubmit} @input=${onInput}>
      <h3>${replaced ? strings.replaceVariable(replaced.name) : strings.addVariable}</h3>
      ${replaced ? nothing : html`<label>${strings.variableName}<input class="mono" name="name" required maxlength=${environmentLimits.nameBytes} spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby=${problem ? 'problem' : nothing} aria-invalid=${problem ? 'true' : nothing}></label>`}
      <label>${strings.variableValue}<textarea name="value" rows="2" spellcheck="false" autocapitalize="off" autocomplete="off" ?data-secret=${replaced?.secret ?? false}></textarea></label>
      <label class="check"><input type="checkbox" name="secret" .checked=${replaced?.secret ?? false}>${strings.secretHint}</label>
      <label>${strings.scope}<select name="scope">${scopes.map((scope) => html`<option value=${scope} ?selected=${scope === (replaced?.scope ?? 'both')}>${scopeWord(scope, strings)}</option>`)}</select></label>
      ${problem ? html`<p class="problem" id="problem" role="alert">${problem}</p>` : nothing}
      <div class="actions"><button class="large" aria-disabled=${isBusy ? 'true' : nothing}>${strings.save}</button><button type="button" class="large quiet" @click=${onClose}>${strings.dismiss}</button></div>
    </form>`;
}
