import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import * as icons from '../icons.ts';

/** Somebody else looks at this file, as `words` say; in the colour of text, for it asks for nothing. */
export const fileMark = (words: string | undefined): TemplateResult | typeof nothing => (words === undefined ? nothing : html`<span class="person" title=${words}>${icons.person}<span class="visually-hidden">${words}</span></span>`);
