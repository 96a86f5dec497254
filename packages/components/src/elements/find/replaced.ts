import type { AppFile } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import type { Strings } from '../../strings.ts';

/** A file as it was before it was replaced in, and after, and in how many places. */
export interface Replaced { readonly path: string; readonly before: string; readonly after: string; readonly places: number }

export interface ReplacedListOptions {
  readonly replaced: readonly Replaced[];
  readonly files: readonly AppFile[];
  readonly strings: Strings;
  readonly locale: string;
  readonly onUndo: (replaced: readonly Replaced[]) => void;
}

/** What the last replacement has changed, to take it back file by file or as a whole, while nothing else has changed there. */
export function replacedList({ replaced, files, strings, locale, onUndo }: ReplacedListOptions): unknown {
  if (replaced.length === 0) return nothing;
  const isStill = ({ path, after }: Replaced): boolean => files.some((file) => file.path === path && file.content === after);
  const places = replaced.reduce((sum, one) => sum + one.places, 0);
  return html`
    <details class="replaced">
      <summary><span role="status">${strings.replacedPlaces(formatNumber(places, locale), formatNumber(replaced.length, locale), replaced.length === 1)}</span></summary>
      <ul>${replaced.map((one) => html`<li><bdi class="mono truncate">${one.path}</bdi>${isStill(one)
        ? html`<button type="button" class="quiet icon-only" data-undo=${one.path} aria-label=${strings.undoIn(one.path)} title=${strings.undoIn(one.path)} @click=${() => onUndo([one])}>${icons.back}</button>`
        : html`<span class="secondary">${strings.replaceChanged}</span>`}</li>`)}</ul>
    </details>
    ${replaced.some(isStill) ? html`<button type="button" class="undo-all" data-undo-all @click=${() => onUndo(replaced)}>${icons.back}${strings.undoAll}</button>` : nothing}`;
}
