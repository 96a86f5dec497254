import { html } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../icons.ts';
import type { Strings } from '../strings.ts';

/** Copies what `text` gives, then says so for a moment. Without `label` it is an icon with a name. */
export function copyButton(text: () => string, strings: Strings, label?: string): TemplateResult {
  return html`<button type="button" class=${label === undefined ? 'quiet icon-only' : 'quiet'} title=${label ?? strings.copy} aria-label=${label ?? strings.copy} @click=${(event: Event) => onCopy(event.currentTarget as HTMLElement, text(), strings, label)}>
    ${icons.copy}<span class=${label === undefined ? 'visually-hidden' : ''} data-word>${label ?? ''}</span>
  </button>`;
}

async function onCopy(button: HTMLElement, text: string, strings: Strings, label: string | undefined): Promise<void> {
  const isCopied = await navigator.clipboard.writeText(text).then(() => true, () => false);
  if (!isCopied) return;
  const named = label ?? strings.copy;
  button.title = strings.copied;
  button.setAttribute('aria-label', strings.copied);
  button.dataset['copied'] = '';
  setTimeout(() => {
    button.title = named;
    button.setAttribute('aria-label', named);
    delete button.dataset['copied'];
  }, 1_500);
}
