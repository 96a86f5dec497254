import { html } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../icons.ts';
import type { Strings } from '../strings.ts';

/** What is to be copied; nothing where there is nothing to copy, which says so itself. */
type Text = () => string | undefined | Promise<string | undefined>;

const saidMs = 2_000;
const ends = new WeakMap<Element, ReturnType<typeof setTimeout>>();

/** Copies what `text` gives, then says so for a moment. Where the page may not, it shows it, selected. Without `label` it is an icon with a name. */
export function copyButton(text: Text, strings: Strings, label?: string, look = label === undefined ? 'quiet icon-only' : 'quiet'): TemplateResult {
  return html`<button type="button" class="copy ${look}" title=${label ?? strings.copy} aria-label=${label ?? strings.copy} @click=${(event: Event) => void copy(event.currentTarget as HTMLElement, text, strings)}>
    ${icons.copy}${icons.ready}${label ?? ''}
  </button><span class="visually-hidden" role="status"></span>`;
}

/** Never rejects: a page must not hear of it as an error that nobody has seen to. */
async function copy(button: HTMLElement, text: Text, strings: Strings): Promise<void> {
  const word = button.nextElementSibling!;
  const given = await text();
  if (given === undefined || !button.isConnected) return;
  // A page without TLS has no clipboard at all, and one in a frame may not be allowed to use it.
  const isCopied = await write(given) || await import('./copy-by-hand.ts').then(({ copyByHand }) => copyByHand(button, given, strings), () => undefined);
  clearTimeout(ends.get(button));
  delete button.dataset['copied'];
  // What is shown says so itself; that nothing is shown is said to everybody.
  word.classList.toggle('visually-hidden', isCopied !== undefined);
  word.textContent = isCopied ? strings.copied : isCopied === undefined ? strings.notCopied : '';
  if (!isCopied) return;
  button.dataset['copied'] = '';
  ends.set(button, setTimeout(() => {
    delete button.dataset['copied'];
    word.textContent = '';
  }, saidMs));
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
