import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../../strings.ts';

/** Before what is typed would be lost to something else that was asked for. */
export function unsavedBar(strings: Strings, onDiscard: () => void, onKeep: () => void): TemplateResult {
  return html`<div class="bar unsaved" role="group" aria-labelledby="unsaved"><p id="unsaved">${strings.typedUnsaved}</p><span class="actions">
    <button type="button" data-discard @click=${onDiscard}>${strings.discardTyped}</button>
    <button type="button" class="quiet" data-keep @click=${onKeep}>${strings.keep}</button></span></div>`;
}
