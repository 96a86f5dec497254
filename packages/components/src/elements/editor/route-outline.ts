import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';
import type { HandlerPlace } from './handlers.ts';

export interface RouteOutlineOptions {
  readonly dryImport: AppSnapshot['dryImport'];
  /** Something keeps the draft from being imported: there may be routes all the same. */
  readonly isBroken: boolean;
  readonly isOpen: boolean;
  readonly isReadOnly: boolean;
  readonly strings: Strings;
  readonly locale: string;
  /** What tells where routes are handled is here. */
  readonly arePlacesKnown: boolean;
  /** Where a route is handled, when that is known for sure. Asked when the routes are others, and not at each key: it reads the whole draft. */
  readonly placeOf: (method: string, path: string) => HandlerPlace | undefined;
  readonly onToggle: () => void;
  /** The handler may stand elsewhere by now. */
  readonly onJump: (method: string, path: string) => void;
  /** Is there something to move into files of its own? Asked when a check has been answered, for the same reason. */
  readonly mayConvert: () => boolean;
  readonly onConvert: () => void;
}

/** The routes of the draft, as its import has shown them; those of before while it cannot be imported. */
export function routeOutline({ dryImport, isBroken, isOpen, isReadOnly, strings, locale, arePlacesKnown, placeOf, onToggle, onJump, mayConvert, onConvert }: RouteOutlineOptions): TemplateResult {
  const { routes = [], areRoutesCurrent } = dryImport;
  const isKept = routes.length > 0 && !areRoutesCurrent;
  return html`
    <section class="routes" part="routes" aria-label=${strings.routes} ?data-kept=${isKept}>
      <div class="routes-line"><h2><button type="button" class="quiet routes-head" aria-expanded=${isOpen} @click=${onToggle}>
        <span class="twist">${icons.chevron}</span><span>${strings.routes}</span>${routes.length > 0 ? html`<span class="number">${formatNumber(routes.length, locale)}</span>` : nothing}
      </button></h2>${guard([dryImport, isReadOnly, strings, arePlacesKnown], () => (!isReadOnly && mayConvert() ? html`<button type="button" class="quiet icon-only" data-convert aria-label=${strings.convertFiles} title=${strings.convertFiles} @click=${onConvert}>${icons.convert}</button>` : nothing))}</div>
      ${!isOpen ? nothing : routes.length === 0 ? html`<p class="secondary none">${isBroken && dryImport.routes === undefined ? strings.routesUnknown : strings.noRoutes}</p>` : html`
        ${isKept ? html`<p class="secondary kept">${strings.routesKept}</p>` : nothing}
        <ul>${guard([routes, strings, arePlacesKnown], () => routes.map(({ method, path }) => route(method, path, placeOf(method, path), strings, onJump)))}</ul>`}
    </section>`;
}

function route(method: string, path: string, place: HandlerPlace | undefined, strings: Strings, onJump: RouteOutlineOptions['onJump']): TemplateResult {
  const words = html`<span class="method mono">${method}</span> <span class="path mono truncate">${path}</span>`;
  if (!place) return html`<li><span class="route" title=${path}>${words}</span></li>`;
  return html`<li><button type="button" class="quiet route" part="route" title=${`${path}  ${strings.place(place.file, String(place.line))}`} @click=${() => onJump(method, path)}>${words}</button></li>`;
}
