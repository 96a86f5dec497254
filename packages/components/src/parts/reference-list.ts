import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../format.ts';
import * as icons from '../icons.ts';
import { isLibraryPath, libraryName } from '../library-path.ts';
import type { Strings } from '../strings.ts';
import type { Place, Reference, References } from '../editor/language/types.ts';

export interface ReferenceListOptions {
  readonly references: References;
  readonly strings: Strings;
  readonly locale: string;
  readonly onJump: (place: Place) => void;
  readonly onClose: () => void;
}

/** Where a name is used, by file: arrows move, Enter jumps, Escape closes. */
export function referenceList({ references: { name, places }, strings, locale, onJump, onClose }: ReferenceListOptions): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button.reference')];
    const at = all.indexOf(event.composedPath()[0] as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape') onClose();
    else if (next !== undefined) all[Math.min(next, all.length - 1)]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const words = strings.referencesOf(name, formatNumber(places.length, locale), places.length === 1);
  const files = [...new Set(places.map(({ path }) => path))];
  return html`
    <section class="references" part="references" aria-label=${words} @keydown=${onKey}>
      <header><h2 class="truncate"><span role="status">${words}</span></h2>
        <button type="button" class="quiet icon-only" aria-label=${strings.closeReferences} title=${strings.closeReferences} @click=${onClose}>${icons.close}</button></header>
      <div class="lists">${files.map((path) => html`
        <h3 class="mono truncate">${isLibraryPath(path) ? libraryName(path) : path}</h3>
        <ul>${places.filter((place) => place.path === path).map((place) => row(place, onJump))}</ul>`)}</div>
    </section>`;
}

function row(place: Reference, onJump: (place: Place) => void): TemplateResult {
  const { text, from, to, line } = place;
  // Of a long line, what is around the name.
  const start = Math.max(0, Math.min(from - 40, text.length - 120));
  return html`<li><button type="button" class="quiet reference" part="reference" @click=${() => onJump(place)}>
    <span class="line number">${line}</span><span class="mono truncate" dir="ltr">${start > 0 ? '…' : nothing}${text.slice(start, from).trimStart()}<mark>${text.slice(from, to)}</mark>${text.slice(to)}</span></button></li>`;
}
