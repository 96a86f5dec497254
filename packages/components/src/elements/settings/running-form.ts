import type { AppSettings } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { formatSpan } from '../../format.ts';
import type { Strings } from '../../strings.ts';

export interface RunningFormOptions {
  readonly settings: AppSettings;
  readonly isReadOnly: boolean;
  /** The number that was given and cannot be. */
  readonly wrong: RuleField | undefined;
  readonly strings: Strings;
  readonly locale: string;
  readonly onChange: (change: Partial<AppSettings>) => void;
  readonly onWrong: (field: RuleField) => void;
}

type Rule = NonNullable<AppSettings['rollbackOn5xx']>;
export type RuleField = keyof Rule;
/** Within what the contract takes. */
const ranges: Readonly<Record<RuleField, readonly [least: number, most: number]>> = { percent: [1, 100], minRequests: [1, 1_000_000], windowS: [10, 86_400] };
/** What the rule begins with: five minutes in which half of what was asked goes wrong. */
const firstRule: Rule = { percent: 50, minRequests: 20, windowS: 300 };
/** Seconds; a choice among few is made sooner than a number is thought of. */
const spans = [60, 300, 900, 3_600, 28_800, 86_400];

/** How the app is run, apart from its code: each choice is kept at once. */
export function runningForm(options: RunningFormOptions): TemplateResult {
  const { settings: { exclusive, rollbackOn5xx: rule }, strings, onChange } = options;
  return html`<div class="running" part="running">
    ${idle('idleFreezeS', strings.pauseAfter, options)}
    ${idle('idleStopS', strings.stopAfter, options)}
    <p class="secondary">${strings.idleText}</p>
    ${check('exclusive', exclusive, strings.exclusive, strings.exclusiveText, (isOn) => onChange({ exclusive: isOn }), options)}
    ${check('rollbackOn5xx', rule !== null, strings.goesBack, strings.goesBackText, (isOn) => onChange({ rollbackOn5xx: isOn ? firstRule : null }), options)}
    ${rule === null ? nothing : html`<div class="rule" role="group" aria-label=${strings.goesBack}>
      ${number('percent', strings.rulePercent, rule, options)}${number('minRequests', strings.ruleRequests, rule, options)}${number('windowS', strings.ruleWindow, rule, options)}</div>`}
  </div>`;
}

function idle(name: 'idleFreezeS' | 'idleStopS', label: string, { settings, isReadOnly, strings, locale, onChange }: RunningFormOptions): TemplateResult {
  const chosen = settings[name];
  // One that was set by other hands is a choice too.
  const choices = [...new Set(chosen === null ? spans : [...spans, chosen])].sort((one, other) => one - other);
  return html`<label>${label}
    <select name=${name} ?disabled=${isReadOnly} .value=${live(String(chosen ?? ''))} @change=${({ target }: Event) => { const { value } = target as HTMLSelectElement; onChange({ [name]: value === '' ? null : Number(value) }); }}>
      <option value="" ?selected=${chosen === null}>${strings.never}</option>${choices.map((seconds) => html`<option value=${seconds} ?selected=${seconds === chosen}>${formatSpan(seconds, locale)}</option>`)}
    </select></label>`;
}

function check(name: string, isOn: boolean, label: string, hint: string, onChange: (isOn: boolean) => void, { isReadOnly }: RunningFormOptions): TemplateResult {
  return html`<div><label class="check"><input type="checkbox" name=${name} aria-describedby="${name}-hint" ?disabled=${isReadOnly} .checked=${live(isOn)} @change=${({ target }: Event) => onChange((target as HTMLInputElement).checked)}>${label}</label>
    <p class="secondary" id="${name}-hint">${hint}</p></div>`;
}

function number(name: RuleField, label: string, rule: Rule, { isReadOnly, wrong, strings, locale, onChange, onWrong }: RunningFormOptions): TemplateResult {
  const [least, most] = ranges[name];
  const onInput = ({ target }: Event): void => {
    const { value, valueAsNumber } = target as HTMLInputElement;
    if (value !== '' && Number.isInteger(valueAsNumber) && valueAsNumber >= least && valueAsNumber <= most) onChange({ rollbackOn5xx: { ...rule, [name]: valueAsNumber } });
    else onWrong(name);
  };
  return html`<label>${label}
    <input type="number" name=${name} inputmode="numeric" min=${least} max=${most} ?disabled=${isReadOnly} .value=${String(rule[name])} aria-invalid=${wrong === name ? 'true' : nothing} aria-describedby=${wrong === name ? `${name}-wrong` : nothing} @change=${onInput}>
    ${wrong === name ? html`<span class="problem" id="${name}-wrong" role="alert">${strings.numberBetween(least.toLocaleString(locale), most.toLocaleString(locale))}</span>` : nothing}</label>`;
}
