import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { addEnglish } from '../catalogues.ts';
import type { Strings } from '../strings.ts';
import { cloneEnglish } from '../strings/clone.ts';

addEnglish(cloneEnglish);

export interface CloneWish { readonly title: string; readonly from: string; readonly environment: 'none' | 'keys' | 'values'; readonly deploy: boolean }

export interface CloneFormOptions {
  readonly name: string;
  /** What it may begin with; asked only where there is a choice. */
  readonly sources: readonly { readonly value: string; readonly word: string }[];
  readonly isBusy: boolean;
  readonly strings: Strings;
  readonly onClone: (wish: CloneWish) => void;
  readonly onCancel: () => void;
}

/** How the copy is called, what it begins with, and what of the variables it takes along. */
export function cloneForm({ name, sources, isBusy, strings, onClone, onCancel }: CloneFormOptions): TemplateResult {
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const text = (field: string): string => String(given.get(field) ?? '');
    if (!isBusy) onClone({ title: text('title').trim() || strings.cloneName(name).slice(0, 80), from: text('from') || sources[0]!.value, environment: text('environment') as CloneWish['environment'], deploy: given.has('deploy') });
  };
  return html`
    <form class="clone" @submit=${onSubmit} @keydown=${(event: KeyboardEvent) => { if (event.key === 'Escape') onCancel(); }}>
      <label>${strings.appName}<input name="title" maxlength="80" autocomplete="off" .value=${strings.cloneName(name).slice(0, 80)}></label>
      ${sources.length < 2 ? nothing : html`<label>${strings.cloneFrom}<select name="from">${sources.map(({ value, word }) => html`<option value=${value}>${word}</option>`)}</select></label>`}
      <label>${strings.cloneVariables}<select name="environment"><option value="none">${strings.cloneNone}</option><option value="keys">${strings.cloneKeys}</option><option value="values">${strings.cloneValues}</option></select></label>
      <label class="check"><input type="checkbox" name="deploy">${strings.cloneDeploy}</label>
      <span class="actions"><button aria-disabled=${isBusy ? 'true' : nothing}>${strings.cloneApp}</button><button type="button" class="quiet" @click=${onCancel}>${strings.dismiss}</button></span>
    </form>`;
}
