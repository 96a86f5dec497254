import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import type { Strings } from '../../strings.ts';
import { lineMax, type Match, type Query } from './matcher.ts';
import type { PatternProblem } from './pattern/syntax.ts';
import type { Found, FoundPlace } from './search.ts';

/** What `find-open` carries; columns count from 1, in code points. */
export interface FindOpen { readonly path: string; readonly line: number; readonly column: number }

export interface FoundListOptions {
  readonly found: Found | undefined;
  readonly query: Query;
  readonly problem: PatternProblem | undefined;
  readonly isSearching: boolean;
  /** What was found with was replaced with, too. */
  readonly isReplaced: boolean;
  /** Places that have a row. */
  readonly shown: number;
  readonly strings: Strings;
  readonly locale: string;
  /** What a place would become; absent while nothing is to be replaced. */
  readonly preview: ((text: string, match: Match) => string) | undefined;
  readonly onOpen: (place: FindOpen) => void;
  readonly onReplace: (path: string) => void;
  readonly onMore: () => void;
}

/** Rows that are drawn at once. */
export const shownStep = 500;
/** UTF-16 units around a place that its row shows. */
const [beforeMax, afterMax] = [30, 120];

/** What was found, by file, each place with its line; with what it would become when it is to be replaced. */
export function foundList(options: FoundListOptions): TemplateResult {
  const { found, query, problem, isSearching, isReplaced, shown, strings, locale, onMore } = options;
  if (query.text === '' || problem) return html`<p class="hint secondary">${problem ? nothing : strings.findHint}</p>`;
  const words = !found || isSearching ? strings.searching : found.count === 0 ? (isReplaced ? nothing : strings.nothingInProject)
    : strings.placesFound(`${formatNumber(found.count, locale)}${found.isCut ? '+' : ''}`, found.count === 1, formatNumber(found.files.length, locale), found.files.length === 1);
  let room = shown;
  const groups = (found?.files ?? []).flatMap((file) => {
    if (room <= 0) return [];
    const places = file.places.slice(0, room);
    room -= places.length;
    return [group(file.path, places, file.places.length, options)];
  });
  const left = (found?.count ?? 0) - shown;
  return html`
    <p class="count secondary number" role="status">${words}</p>
    <div class="results" ?data-old=${isSearching}>
      ${groups}
      ${left > 0 ? html`<button type="button" class="link more" @click=${onMore}>${strings.showMorePlaces(formatNumber(Math.min(left, shownStep), locale))}</button>` : nothing}
      ${found?.isCut ? html`<p class="hint secondary">${strings.placesCut}</p>` : nothing}
      ${found && found.longLines > 0 ? html`<p class="hint secondary">${strings.longLines(formatNumber(lineMax, locale))}</p>` : nothing}
    </div>`;
}

function group(path: string, places: readonly FoundPlace[], count: number, { strings, locale, preview, onOpen, onReplace }: FoundListOptions): TemplateResult {
  const first = places[0]!;
  const open = ({ line, text, match }: FoundPlace): void => onOpen({ path, line, column: Array.from(text.slice(0, match.from)).length + 1 });
  return html`
    <section class="group" aria-label=${strings.placesInFile(formatNumber(count, locale), path)}>
      <div class="head"><button type="button" class="quiet row file" title=${path} @click=${() => open(first)}><bdi class="mono truncate">${path}</bdi><span class="secondary number">${formatNumber(count, locale)}</span></button>
        ${preview ? html`<button type="button" class="quiet icon-only" data-replace=${path} aria-label=${strings.replaceInFile(path)} title=${strings.replaceInFile(path)} @click=${() => onReplace(path)}>${icons.replace}</button>` : nothing}</div>
      <ul>${places.map((place) => html`<li><button type="button" class="quiet row match" part="match" @click=${() => open(place)}>
        <span class="visually-hidden">${strings.lineAt(formatNumber(place.line, locale))}</span><span class="secondary number line" aria-hidden="true">${place.line}</span>${lineWords(place, preview)}</button></li>`)}</ul>
    </section>`;
}

function lineWords({ text, match }: FoundPlace, preview: FoundListOptions['preview']): TemplateResult {
  const start = Math.max(0, match.from - beforeMax);
  const before = start > 0 ? `…${text.slice(start, match.from)}` : text.slice(0, match.from).trimStart();
  const is = text.slice(match.from, match.to).slice(0, afterMax);
  return html`<span class="mono truncate text" dir="ltr">${before}${preview ? html`<del>${is}</del><ins>${preview(text, match).slice(0, afterMax)}</ins>` : html`<mark>${is}</mark>`}${text.slice(match.to, match.to + afterMax)}</span>`;
}
