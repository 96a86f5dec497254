import { SearchQuery, closeSearchPanel, findNext, findPrevious, getSearchQuery, replaceAll, replaceNext, selectMatches, setSearchQuery } from '@codemirror/search';
import { runScopeHandlers } from '@codemirror/view';
import type { EditorView, Panel } from '@codemirror/view';
import { html, nothing, render } from 'lit';
import { addEnglish, localePhrase, stringsFor } from '../../catalogues.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';
import { searchEnglish } from '../../strings/search.ts';

addEnglish(searchEnglish);

/** More places are not counted: it is said that there are more. */
const countedMost = 1_000;
type Flag = 'caseSensitive' | 'wholeWord' | 'regexp';

/** Finds and replaces in one file, in the look of the search over all files. */
export function searchPanel(view: EditorView): Panel {
  const dom = document.createElement('div');
  dom.className = 'cm-search';
  dom.role = 'search';
  let isReplacing = false;
  const toggle = (): void => {
    isReplacing = !isReplacing;
    draw();
    if (isReplacing) dom.querySelector<HTMLElement>('[name=replace]')?.focus();
  };
  const draw = (): void => void render(content({ view, isReplacing, onToggle: toggle }), dom);
  dom.addEventListener('keydown', (event) => onKey(view, event));
  draw();
  return {
    dom, top: true,
    mount: () => dom.querySelector<HTMLInputElement>('[main-field]')?.select(),
    update: ({ docChanged, selectionSet, transactions, state, startState }) => {
      if (docChanged || selectionSet || state.readOnly !== startState.readOnly || transactions.some(({ effects }) => effects.some((effect) => effect.is(setSearchQuery)))) draw();
    },
  };
}

interface ContentOptions { readonly view: EditorView; readonly isReplacing: boolean; readonly onToggle: () => void }

function content({ view, isReplacing, onToggle }: ContentOptions): unknown {
  const { state } = view;
  const locale = state.phrase(localePhrase);
  const strings = stringsFor(locale);
  const query = getSearchQuery(state);
  // Words that a page has given CodeMirror go before ours.
  const word = (phrase: string, own: string): string => (state.phrase(phrase) === phrase ? own : state.phrase(phrase));
  const change = (changed: Partial<Pick<SearchQuery, Flag | 'search' | 'replace'>>): void => {
    const { search, replace, caseSensitive, wholeWord, regexp } = query;
    view.dispatch({ effects: setSearchQuery.of(new SearchQuery({ search, replace, caseSensitive, wholeWord, regexp, ...changed })) });
  };
  const field = (name: 'search' | 'replace', label: string): unknown => html`<input class="cm-textfield" name=${name} ?main-field=${name === 'search'} type="text" aria-label=${label} placeholder=${label} autocomplete="off" autocapitalize="off" spellcheck="false"
    aria-invalid=${name === 'search' && query.search !== '' && !query.valid ? 'true' : nothing} .value=${query[name]} @input=${(event: Event) => change({ [name]: (event.target as HTMLInputElement).value })} @change=${(event: Event) => change({ [name]: (event.target as HTMLInputElement).value })}>`;
  const button = (name: string, label: string, icon: unknown, run: () => void): unknown => html`<button type="button" class="icon-only" name=${name} aria-label=${label} title=${label} @click=${run}>${icon}</button>`;
  const flags: readonly (readonly [Flag, string, unknown])[] = [['caseSensitive', word('match case', strings.searchCase), icons.matchCase], ['wholeWord', word('by word', strings.searchWord), icons.wholeWord], ['regexp', word('regexp', strings.searchRegExp), icons.regExp]];
  return html`
    <div class="line">
      ${field('search', word('Find', strings.searchText))}
      ${flags.map(([flag, label, icon]) => html`<button type="button" class="icon-only" name=${flag} aria-pressed=${query[flag]} aria-label=${label} title=${label} @click=${() => change({ [flag]: !query[flag] })}>${icon}</button>`)}
      <span class="count" role="status">${countOf(view, query, strings, locale)}</span>
      ${button('prev', word('previous', strings.searchPrevious), html`<span class="up">${icons.chevron}</span>`, () => findPrevious(view))}
      ${button('next', word('next', strings.searchNext), html`<span class="down">${icons.chevron}</span>`, () => findNext(view))}
      <button type="button" name="select" @click=${() => selectMatches(view)}>${word('all', strings.searchSelect)}</button>
      ${state.readOnly ? nothing : html`<button type="button" class="icon-only" name="toggle" aria-expanded=${isReplacing} aria-label=${strings.searchReplaceToggle} title=${strings.searchReplaceToggle} @click=${onToggle}>${icons.replace}</button>`}
      ${button('close', word('close', strings.searchClose), icons.close, () => closeSearchPanel(view))}
    </div>
    ${isReplacing && !state.readOnly ? html`<div class="line">
      ${field('replace', word('Replace', strings.searchReplaceWith))}
      <button type="button" name="replaceOne" @click=${() => replaceNext(view)}>${word('replace', strings.searchReplace)}</button>
      <button type="button" name="replaceAll" @click=${() => replaceAll(view)}>${word('replace all', strings.searchReplaceAll)}</button>
    </div>` : nothing}`;
}

/** Which of how many is selected. */
function countOf({ state }: EditorView, query: SearchQuery, strings: Strings, locale: string): string {
  if (query.search === '') return '';
  if (!query.valid) return strings.searchInvalid;
  const { main } = state.selection;
  let [count, at] = [0, 0];
  const cursor = query.getCursor(state);
  for (let next = cursor.next(); !next.done; next = cursor.next()) {
    count += 1;
    if (next.value.from === main.from && next.value.to === main.to) at = count;
    if (count === countedMost) return strings.searchMany(formatNumber(countedMost, locale));
  }
  if (count === 0) return strings.searchNone;
  return at === 0 ? strings.searchFound(formatNumber(count, locale), count === 1) : strings.searchAt(formatNumber(at, locale), formatNumber(count, locale));
}

function onKey(view: EditorView, event: KeyboardEvent): void {
  const { name } = event.target as HTMLElement & { name?: string };
  const act = event.key !== 'Enter' || event.isComposing ? undefined : name === 'replace' ? replaceNext : name !== 'search' ? undefined : event.altKey ? selectMatches : event.shiftKey ? findPrevious : findNext;
  if (act) act(view);
  else if (!runScopeHandlers(view, event, 'search-panel')) return;
  event.preventDefault();
}
