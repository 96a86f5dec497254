import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';
import type { SaidLeaves } from './said-leaves.ts';

/** What is said under the tree of the last act, and what can be done about it. */
export interface TreeSaid {
  /** A sentence each. */
  readonly words: readonly string[];
  /** What it is about, one by one, under the words. */
  readonly lists?: readonly { readonly heading: string; readonly rows: readonly string[] }[];
  readonly acts: readonly { readonly word: string; readonly run: () => void }[];
  /** `question`: it waits for one of the acts. */
  readonly kind: 'done' | 'problem' | 'question';
}

/** When what is said goes by itself: once nobody is at it, or a while after that. */
export type SaidGoes = 'now' | 'soon' | undefined;

/** The region is there before anything is said in it, so that it is read out. */
export function saidBar(said: TreeSaid | undefined, strings: Strings, onHide: () => void, { onAttend }: Pick<SaidLeaves, 'onAttend'>): TemplateResult {
  return html`
    <div class="said" role="status" part="said" data-kind=${said?.kind ?? nothing} ?data-empty=${!said} @pointerenter=${onAttend} @pointerleave=${onAttend} @focusin=${onAttend} @focusout=${onAttend}>${said ? html`
      ${said.words.map((word) => html`<p>${word}</p>`)}
      ${said.lists?.length ? html`<dl tabindex="0">${said.lists.map(({ heading, rows }) => html`<div><dt>${heading}</dt>${rows.map((row) => html`<dd class="mono">${row}</dd>`)}</div>`)}</dl>` : nothing}
      ${said.acts.length > 0 ? html`<span class="acts" role=${said.kind === 'question' ? 'group' : nothing} aria-label=${said.kind === 'question' ? said.words.join(' ') : nothing}>
        ${said.acts.map(({ word, run }) => html`<button type="button" @click=${run}>${word}</button>`)}
      </span>` : nothing}
      <button type="button" class="quiet icon-only" data-hide aria-label=${strings.hide} title=${strings.hide} @click=${onHide}>${icons.close}</button>` : nothing}</div>`;
}
