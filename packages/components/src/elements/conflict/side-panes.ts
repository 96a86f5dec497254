import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Side } from '../../editor/conflict/conflict.ts';
import type { Strings } from '../../strings.ts';

export interface SidePanesOptions {
  readonly path: string;
  /** The one that is shown where there is room for one only. */
  readonly side: Side;
  readonly strings: Strings;
  readonly onSide: (side: Side) => void;
}

/** The three sides beside each other, and the result under them. CodeMirror fills each box. */
export function sidePanes({ path, side, strings, onSide }: SidePanesOptions): TemplateResult {
  const sides = [['base', strings.sideBase], ['theirs', strings.sideTheirs], ['mine', strings.sideMine]] as const;
  const pane = (name: string, word: string): TemplateResult => html`
    <section class="pane" part=${name === 'result' ? 'result' : 'side'} data-pane=${name} aria-label=${strings.sideOf(word, path)}><h4>${word}</h4><div class="view"></div></section>`;
  return html`
    <div class="which" role="group" aria-label=${strings.sides}>${sides.map(([name, word]) => html`<button type="button" class="quiet" aria-pressed=${name === side} @click=${() => onSide(name)}>${word}</button>`)}</div>
    <div class="sides" data-side=${side}>${sides.map(([name, word]) => pane(name, word))}</div>
    ${pane('result', strings.sideResult)}`;
}
