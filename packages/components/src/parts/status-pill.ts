import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import type { StatusShape, StatusWord } from '../app-status.ts';

const shapes: Record<StatusShape, TemplateResult<2>> = {
  live: svg`<circle cx="6" cy="6" r="4.5" fill="currentColor"/>`,
  working: svg`<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-opacity="0.28" stroke-width="2"/><path d="M6 1.5A4.5 4.5 0 0 1 10.5 6" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>`,
  failed: svg`<path d="M6 1.2 11.4 10.8H.6Z" fill="currentColor"/>`,
  asleep: svg`<path d="M10.7 7.6A5 5 0 1 1 4.4 1.3 4.2 4.2 0 0 0 10.7 7.6Z" fill="currentColor"/>`,
  idle: svg`<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5"/>`,
};

/** One of the five shapes, in the status colour. */
export function statusShape(shape: StatusShape): TemplateResult {
  return html`<svg class="shape" data-status=${shape} viewBox="0 0 12 12" aria-hidden="true">${shapes[shape]}</svg>`;
}

/** Shape and word; where there is room for the shape only, the word is its name and its tooltip. `more` stands behind the word where there is room for that too. */
export function statusPill({ shape, word }: StatusWord, more?: string): TemplateResult {
  const words = more === undefined ? word : `${word} · ${more}`;
  return html`<span class="pill" part="status" data-status=${shape} title=${words}>${statusShape(shape)}<span class="word">${word}${more === undefined ? nothing : html`<span class="more"> · ${more}</span>`}</span></span>`;
}
