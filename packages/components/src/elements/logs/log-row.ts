import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Place } from '../../draft-places.ts';
import { formatClock, formatDate, formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';
import type { PlaceOf } from './frame-place.ts';
import { placeOfTraceback } from './frame-place.ts';
import { drawnText, plainText } from './plain-text.ts';
import type { Row } from './rows.ts';
import type { LogSearch } from './search.ts';

/** Of a line in the list, and of one that wraps; the whole of it is below the list when it is chosen. */
const [rowLetters, wrappedLetters] = [500, 2_000];

export interface LogRowOptions {
  readonly search: LogSearch | undefined;
  readonly placeOf: PlaceOf;
  readonly isWrapped: boolean;
  readonly open: ReadonlySet<string>;
  readonly current: string | undefined;
  readonly isSelected: (index: number) => boolean;
  readonly strings: Strings;
  readonly locale: string;
  readonly onToggle: (key: string) => void;
  readonly onPlace: (place: Place) => void;
}

/** One row after the ARIA treegrid pattern. What is in it is reached by keys of the list: Tab would go through everything. */
export function logRow(row: Row, index: number, options: LogRowOptions): TemplateResult {
  const { key, kind, line, entry, depth } = row;
  const { open, current, isSelected, strings, locale, onToggle } = options;
  const isFold = kind !== 'line';
  const isOpen = open.has(key);
  return html`
    <div class="line" part="line" role="row" id=${key} aria-rowindex=${index + 1} aria-level=${depth} aria-selected=${isSelected(index)} aria-expanded=${isFold ? isOpen : nothing} ?data-current=${key === current} data-kind=${kind} data-level=${entry.level} data-stream=${line.stream}>
      <time role="gridcell" class="secondary" datetime=${line.at} title=${formatDate(line.at, locale)}>${formatClock(line.at, locale)}</time>
      <span role="gridcell" class="what">
        ${isFold ? html`<button type="button" tabindex="-1" class="quiet icon-only fold" ?data-open=${isOpen} aria-label=${isOpen ? strings.logsCloseFold : strings.logsOpenFold} title=${isOpen ? strings.logsCloseFold : strings.logsOpenFold} @click=${() => onToggle(key)}>${icons.chevron}</button>` : nothing}
        ${content(row, options)}
      </span>
    </div>`;
}

function content({ kind, line, lines, entry }: Row, options: LogRowOptions): unknown {
  const { placeOf, strings, locale } = options;
  const count = formatNumber(lines.length, locale);
  if (kind === 'noise') return html`<span class="secondary">${strings.importFrames(count, lines.length === 1)}</span>`;
  if (kind === 'traceback') {
    const head = entry.error === undefined ? plainText(line, strings) : entry.error;
    return html`<strong class="text">${marked(head, options)}</strong> ${link(placeOfTraceback(entry, placeOf), options)} <span class="secondary">${strings.logsLineCount(count, lines.length === 1)}</span>`;
  }
  const place = entry.isTraceback ? placeOf(entry, line) : undefined;
  return html`<span class="text">${marked(shortDigest(line.stream, plainText(line, strings)), options)}</span> ${link(place, options)}`;
}

function link(place: Place | undefined, { strings, onPlace }: LogRowOptions): unknown {
  if (!place) return nothing;
  const word = strings.place(place.file, String(place.line));
  return html`<button type="button" tabindex="-1" class="link place" title=${strings.openPlace(word)} @click=${() => onPlace(place)}>${word}</button>`;
}

/** A digest in a line of ours is named by its beginning; the whole one is in the line below the list. */
const shortDigest = (stream: Row['line']['stream'], text: string): string => (stream === 'system' ? text.replaceAll(/(sha256:[0-9a-f]{8})[0-9a-f]{56}\b/g, '$1…') : text);

/** The beginning of a text, with what is looked for marked in it. */
function marked(text: string, { search, isWrapped }: LogRowOptions): unknown {
  const letters = isWrapped ? wrappedLetters : rowLetters;
  const drawn = drawnText(text, letters);
  const more = text.length > letters ? '…' : '';
  return search ? html`${search.split(drawn).map((piece, index) => (index % 2 === 1 ? html`<mark>${piece}</mark>` : piece))}${more}` : `${drawn}${more}`;
}
