import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../../icons-later.ts';
import { expressionWords } from '../../parts/expression-words.ts';
import type { Strings } from '../../strings.ts';
import type { Query } from './matcher.ts';
import type { PatternProblem } from './pattern/syntax.ts';

export interface FindFormOptions {
  readonly query: Query;
  readonly replacement: string;
  readonly isReplacing: boolean;
  readonly isReadOnly: boolean;
  readonly problem: PatternProblem | undefined;
  readonly canReplace: boolean;
  readonly strings: Strings;
  readonly onQuery: (change: Partial<Query>) => void;
  readonly onReplacement: (text: string) => void;
  readonly onToggle: () => void;
  readonly onReplaceAll: () => void;
  readonly onClose: () => void;
}

/** What to look for, how, and what to put there instead. */
export function findForm({ query, replacement, isReplacing, isReadOnly, problem, canReplace, strings, onQuery, onReplacement, onToggle, onReplaceAll, onClose }: FindFormOptions): TemplateResult {
  const flags = [['isCaseKept', strings.matchCase, icons.matchCase], ['isWholeWord', strings.wholeWord, icons.wholeWord], ['isRegExp', strings.regularExpression, icons.regExp]] as const;
  const field = (name: string, label: string, value: string, onInput: (text: string) => void): TemplateResult => html`
    <input name=${name} type="text" class="mono" dir="ltr" aria-label=${label} placeholder=${label} autocomplete="off" autocapitalize="off" spellcheck="false" aria-invalid=${name === 'text' && problem ? 'true' : nothing} aria-describedby=${name === 'text' && problem ? 'problem' : nothing}
      .value=${value} @input=${(event: Event) => onInput((event.target as HTMLInputElement).value)}>`;
  return html`
    <header><h2>${strings.findInProject}</h2>
      ${isReadOnly ? nothing : html`<button type="button" class="quiet icon-only" data-replace-toggle aria-expanded=${isReplacing} aria-label=${strings.showReplace} title=${strings.showReplace} @click=${onToggle}>${icons.replace}</button>`}
      <button type="button" class="quiet icon-only" data-close aria-label=${strings.closeFind} title=${strings.closeFind} @click=${onClose}>${icons.close}</button></header>
    <form role="search" @submit=${(event: Event) => event.preventDefault()}>
      <div class="line">${field('text', strings.findText, query.text, (text) => onQuery({ text }))}${flags.map(([flag, word, icon]) => html`
        <button type="button" class="quiet icon-only" data-flag=${flag} aria-pressed=${query[flag]} aria-label=${word} title=${word} @click=${() => onQuery({ [flag]: !query[flag] })}>${icon}</button>`)}</div>
      ${isReplacing ? html`<div class="line">${field('replacement', strings.replaceWith, replacement, onReplacement)}<button type="button" data-replace-all aria-disabled=${canReplace ? nothing : 'true'} @click=${() => { if (canReplace) onReplaceAll(); }}>${strings.replaceAll}</button></div>` : nothing}
      ${problem ? html`<p id="problem" class="problem" role="alert">${{ invalid: expressionWords(query.text, strings), unsupported: strings.expressionUnsupported, large: strings.expressionLarge }[problem]}</p>` : nothing}
    </form>`;
}
