import { SearchQuery, closeSearchPanel, findNext, findPrevious, getSearchQuery, openSearchPanel, replaceAll, replaceNext, selectMatches, setSearchQuery } from '@codemirror/search';
import type { EditorState, Text } from '@codemirror/state';
import { runScopeHandlers } from '@codemirror/view';
import type { EditorView, KeyBinding, Panel } from '@codemirror/view';
import { addEnglish, stringsFor } from '../../catalogues.ts';
import { localePhrase, pagePhrase } from '../../code-phrases.ts';
import { formatNumber } from '../../format.ts';
import { expressionWords } from '../../parts/expression-words.ts';
import { drawCodeSearch } from '../../parts/code-search.ts';
import type { CodeSearch } from '../../parts/code-search.ts';
import type { Strings } from '../../strings.ts';
import { searchEnglish } from '../../strings/search.ts';

addEnglish(searchEnglish);

/** More places are not counted: it is said that there are more. */
const countedMost = 1_000;
/** Of one look for them: keys are typed meanwhile. */
const countedMs = 30;

/** Has the panel that is open show what replaces. */
const showReplace = new WeakMap<EditorView, () => void>();

/** Where the hands of other editors have it. With nothing to look for yet, that comes first. */
export const replaceKey: KeyBinding = {
  key: 'Ctrl-h', mac: 'Cmd-Alt-f', scope: 'editor search-panel', preventDefault: true,
  run(view) {
    openSearchPanel(view);
    showReplace.get(view)?.();
    return true;
  },
};

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
  const onReplaceAll = (): void => {
    const query = getSearchQuery(view.state);
    if (!query.valid || view.state.readOnly) return;
    const count = countAll(view.state, query);
    if (!replaceAll(view)) return;
    replaced.set(view.state.doc, { query, count });
    draw();
  };
  const draw = (): void => drawCodeSearch(dom, contentOf(view, isReplacing, toggle, onReplaceAll));
  showReplace.set(view, () => {
    if (view.state.readOnly) return;
    isReplacing = true;
    draw();
    const field = getSearchQuery(view.state).search === '' ? undefined : dom.querySelector<HTMLInputElement>('[name=replace]');
    field?.focus();
    field?.select();
  });
  dom.addEventListener('keydown', (event) => onKey(view, event));
  draw();
  return {
    dom, top: true,
    destroy: () => showReplace.delete(view),
    mount: () => dom.querySelector<HTMLInputElement>('[main-field]')?.select(),
    // What is made anew may speak another language.
    update: ({ docChanged, selectionSet, transactions, state, startState }) => {
      // Who looks for the next place wants to know of places, and no more of what was replaced.
      if (selectionSet && !docChanged) replaced.delete(state.doc);
      if (docChanged || selectionSet || state.readOnly !== startState.readOnly || transactions.some(({ reconfigured, effects }) => reconfigured || effects.some((effect) => effect.is(setSearchQuery)))) draw();
    },
  };
}

function contentOf(view: EditorView, isReplacing: boolean, onToggle: () => void, onReplaceAll: () => void): CodeSearch {
  const { state } = view;
  const locale = state.phrase(localePhrase);
  const strings = stringsFor(locale);
  const query = getSearchQuery(state);
  // Words that a page has given CodeMirror go before ours.
  const word = (phrase: string, own: string): string => pagePhrase(locale, phrase) ?? own;
  return {
    query, isReplacing, isReadOnly: state.readOnly, problem: query.search !== '' && !query.valid ? expressionWords(query.search, strings) : undefined, count: countOf(view, query, strings, locale),
    words: {
      search: word('Find', strings.searchText), replacement: word('Replace', strings.searchReplaceWith), caseSensitive: word('match case', strings.searchCase), wholeWord: word('by word', strings.searchWord), regexp: word('regexp', strings.searchRegExp),
      previous: word('previous', strings.searchPrevious), next: word('next', strings.searchNext), select: word('all', strings.searchSelect), toggle: strings.searchReplaceToggle, close: word('close', strings.searchClose),
      replace: word('replace', strings.searchReplace), replaceAll: word('replace all', strings.searchReplaceAll),
    },
    onChange(changed) {
      const { search, replace, caseSensitive, wholeWord, regexp } = query;
      view.dispatch({ effects: setSearchQuery.of(new SearchQuery({ search, replace, caseSensitive, wholeWord, regexp, ...changed })) });
    },
    onToggle, onPrevious: () => findPrevious(view), onNext: () => findNext(view), onSelect: () => selectMatches(view), onClose: () => closeSearchPanel(view), onReplace: () => replaceNext(view), onReplaceAll,
  };
}

interface Found { readonly query: SearchQuery; readonly places: readonly { readonly from: number; readonly to: number }[]; readonly areAll: boolean }

/** By the text: what an arrow key moves finds nothing else. */
const found = new WeakMap<Text, Found>();

function find(state: EditorState, query: SearchQuery): Found {
  const before = found.get(state.doc);
  if (before?.query.eq(query)) return before;
  const places: { from: number; to: number }[] = [];
  const over = performance.now() + countedMs;
  let areAll = true;
  const cursor = query.getCursor(state);
  for (let next = cursor.next(); areAll && !next.done; next = cursor.next()) {
    if (places.length === countedMost || performance.now() > over) areAll = false;
    else places.push({ from: next.value.from, to: next.value.to });
  }
  const now = { query, places, areAll };
  found.set(state.doc, now);
  return now;
}

/** How many places were replaced last, by the text that came of it. */
const replaced = new WeakMap<Text, { readonly query: SearchQuery; readonly count: number }>();

/** Every one is replaced, however many are counted while somebody types; but no part of a letter, such as the f of a ligature. */
function countAll(state: EditorState, query: SearchQuery): number {
  const cursor = query.getCursor(state);
  let count = 0;
  for (let next = cursor.next(); !next.done; next = cursor.next()) if ((next.value as { precise?: boolean }).precise !== false) count += 1;
  return count;
}

/** Which of how many is selected. */
function countOf({ state }: EditorView, query: SearchQuery, strings: Strings, locale: string): string {
  if (!query.valid) return '';
  const last = replaced.get(state.doc);
  if (last?.query.eq(query)) return strings.searchReplaced(formatNumber(last.count, locale));
  const { places, areAll } = find(state, query);
  if (!areAll) return strings.searchMany(formatNumber(places.length, locale));
  if (places.length === 0) return strings.searchNone;
  const { main } = state.selection;
  const at = places.findIndex(({ from, to }) => from === main.from && to === main.to) + 1;
  return at === 0 ? strings.searchFound(formatNumber(places.length, locale), places.length === 1) : strings.searchAt(formatNumber(at, locale), formatNumber(places.length, locale));
}

function onKey(view: EditorView, event: KeyboardEvent): void {
  const { name } = event.target as HTMLElement & { name?: string };
  const act = event.key !== 'Enter' || event.isComposing ? undefined : name === 'replace' ? replaceNext : name !== 'search' ? undefined : event.altKey ? selectMatches : event.shiftKey ? findPrevious : findNext;
  if (act) act(view);
  else if (!runScopeHandlers(view, event, 'search-panel')) return;
  event.preventDefault();
}
