import { html, nothing, render } from 'lit';
import * as icons from '../icons-later.ts';

type SearchFlag = 'caseSensitive' | 'wholeWord' | 'regexp';
interface SearchWish extends Readonly<Record<SearchFlag, boolean>> { readonly search: string; readonly replace: string }

/** What is looked for in one file, and what can be done about it. */
export interface CodeSearch {
  readonly query: SearchWish;
  readonly isReplacing: boolean;
  readonly isReadOnly: boolean;
  /** Why nothing can be looked for. */
  readonly problem: string | undefined;
  /** Which of how many is selected, in words. */
  readonly count: string;
  readonly words: Readonly<Record<SearchFlag | 'search' | 'replacement' | 'previous' | 'next' | 'select' | 'toggle' | 'close' | 'replace' | 'replaceAll', string>>;
  readonly onChange: (changed: Partial<SearchWish>) => void;
  readonly onToggle: () => void;
  readonly onPrevious: () => void;
  readonly onNext: () => void;
  readonly onSelect: () => void;
  readonly onClose: () => void;
  readonly onReplace: () => void;
  readonly onReplaceAll: () => void;
}

const flags = [['caseSensitive', icons.matchCase], ['wholeWord', icons.wholeWord], ['regexp', icons.regExp]] as const;

/** Draws the search of one file into its panel; `main-field` is what CodeMirror gives the focus. */
export function drawCodeSearch(panel: HTMLElement, { query, isReplacing, isReadOnly, problem, count, words, onChange, onToggle, onPrevious, onNext, onSelect, onClose, onReplace, onReplaceAll }: CodeSearch): void {
  const isInvalid = problem !== undefined;
  const field = (name: 'search' | 'replace', label: string): unknown => {
    const onInput = (event: Event): void => onChange({ [name]: (event.target as HTMLInputElement).value });
    return html`<input class="cm-textfield" name=${name} ?main-field=${name === 'search'} type="text" aria-label=${label} placeholder=${label} autocomplete="off" autocapitalize="off" spellcheck="false" aria-invalid=${name === 'search' && problem ? 'true' : nothing} aria-describedby=${name === 'search' && problem ? 'search-problem' : nothing} .value=${query[name]} @input=${onInput} @change=${onInput}>`;
  };
  const button = (name: string, label: string, icon: unknown, run: () => void, isOff = false): unknown => html`<button type="button" class="icon-only" name=${name} aria-label=${label} title=${label} ?disabled=${isOff} @click=${run}>${icon}</button>`;
  render(html`
    <div class="line">
      ${field('search', words.search)}
      ${flags.map(([flag, icon]) => html`<button type="button" class="icon-only" name=${flag} aria-pressed=${query[flag]} aria-label=${words[flag]} title=${words[flag]} @click=${() => onChange({ [flag]: !query[flag] })}>${icon}</button>`)}
      <span class="count" role="status">${count}</span>
      <span class="ways">${button('prev', words.previous, html`<span class="up">${icons.chevron}</span>`, onPrevious, isInvalid)}${button('next', words.next, html`<span class="down">${icons.chevron}</span>`, onNext, isInvalid)}</span>
      <button type="button" name="select" ?disabled=${isInvalid} @click=${onSelect}>${words.select}</button>
      ${isReadOnly ? nothing : html`<button type="button" class="icon-only" name="toggle" aria-expanded=${isReplacing} aria-label=${words.toggle} title=${words.toggle} @click=${onToggle}>${icons.replace}</button>`}
      ${button('close', words.close, icons.close, onClose)}
    </div>
    ${isReplacing && !isReadOnly ? html`<div class="line">
      ${field('replace', words.replacement)}
      <button type="button" name="replaceOne" ?disabled=${isInvalid} @click=${onReplace}>${words.replace}</button>
      <button type="button" name="replaceAll" ?disabled=${isInvalid} @click=${onReplaceAll}>${words.replaceAll}</button>
    </div>` : nothing}
    <p id="search-problem" class="problem" role="alert" ?hidden=${!isInvalid}>${problem}</p>`, panel);
}
