import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Place } from '../../draft-places.ts';
import { formatDate, formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import { copyButton } from '../../parts/copy-button.ts';
import type { Strings } from '../../strings.ts';
import type { PlaceOf } from './frame-place.ts';
import { drawnText, plainText } from './plain-text.ts';
import type { Row } from './rows.ts';

/** Of a line that is read whole. */
const detailLetters = 20_000;

export interface LineDetailOptions {
  readonly row: Row;
  /** Those that are selected with it, itself among them. */
  readonly selected: readonly Row[];
  readonly placeOf: PlaceOf;
  readonly strings: Strings;
  readonly locale: string;
  readonly onPlace: (place: Place) => void;
  readonly onClose: () => void;
}

/** The line that is chosen, whole and wrapped: when and where it was printed, the places that it leads to, and a copy. */
export function lineDetail({ row, selected, placeOf, strings, locale, onPlace, onClose }: LineDetailOptions): TemplateResult {
  const { line, lines, entry } = row;
  const text = textOf([row], strings);
  const places = new Map(lines.flatMap((one) => (entry.isTraceback ? placeOf(entry, one) ?? [] : [])).map((place) => [`${place.file}:${place.line}`, place]));
  const count = countLines(selected);
  return html`
    <section class="detail" part="detail" aria-label=${strings.logsLine}>
      <header class="facts secondary">
        <time datetime=${line.at}>${formatDate(line.at, locale)}</time><span class="mono">${line.stream}</span><span>${strings.generation(formatNumber(line.generation, locale))}</span><span class="grow"></span>
        ${copyButton(() => textOf(selected, strings), strings, strings.logsCopyLines(formatNumber(count, locale), count === 1))}
        <button type="button" class="quiet icon-only" data-close aria-label=${strings.logsCloseLine} title=${strings.logsCloseLine} @click=${onClose}>${icons.close}</button>
      </header>
      <pre tabindex="0">${text.slice(0, detailLetters).split('\n').map((one) => drawnText(one, detailLetters)).join('\n')}</pre>
      ${text.length > detailLetters ? html`<p class="secondary">${strings.logsMoreLetters(formatNumber(text.length - detailLetters, locale))}</p>` : nothing}
      ${places.size === 0 ? nothing : html`<p class="places">${[...places].map(([word, place]) => html`<button type="button" class="link mono" aria-label=${strings.openPlace(word)} @click=${() => onPlace(place)}>${word}</button>`)}</p>`}
    </section>`;
}

/** What rows stand for, as it is copied: no line twice, where the head of a traceback and its lines are both selected. */
export const textOf = (rows: readonly Row[], strings: Strings): string => [...new Set(rows.flatMap(({ lines }) => lines))].map((line) => plainText(line, strings)).join('\n');

const countLines = (rows: readonly Row[]): number => new Set(rows.flatMap(({ lines }) => lines)).size;
