import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Choice } from '../../editor/conflict/conflict.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';
import type { TextDecision } from './decisions.ts';

export interface PlaceBarOptions {
  readonly decision: TextDecision;
  readonly place: number;
  readonly strings: Strings;
  readonly locale: string;
  readonly onStep: (step: 1 | -1) => void;
  readonly onChoose: (choice: Choice) => void;
}

/** Which place it is about, and what can become of it. */
export function placeBar({ decision: { places }, place, strings, locale, onStep, onChoose }: PlaceBarOptions): TemplateResult {
  const choice = places[place]?.choice;
  const state = choice === undefined ? strings.placeOpen : { mine: strings.placeMine, theirs: strings.placeTheirs, both: strings.placeBoth, hand: strings.placeHand }[choice];
  const acts = [['theirs', strings.takeTheirPart], ['mine', strings.takeMine], ['both', strings.takeBoth], ['hand', strings.editByHand]] as const;
  return html`
    <div class="place">
      <button type="button" class="quiet icon-only" data-step="-1" aria-label=${strings.previousPlace} title=${strings.previousPlace} @click=${() => onStep(-1)}><span class="back">${icons.chevron}</span></button>
      <button type="button" class="quiet icon-only" data-step="1" aria-label=${strings.nextPlace} title=${strings.nextPlace} @click=${() => onStep(1)}>${icons.chevron}</button>
      <span class="where number" role="status">${strings.placeAt(formatNumber(place + 1, locale), formatNumber(places.length, locale))}<span class="secondary state">${state}</span></span>
      <span class="acts">${acts.map(([name, word]) => html`<button type="button" data-choice=${name} aria-pressed=${choice === name} @click=${() => onChoose(name)}>${word}</button>`)}</span>
    </div>`;
}
