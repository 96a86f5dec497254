import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import type { Strings } from '../../strings.ts';
import { leftOf } from './decisions.ts';
import type { Decision } from './decisions.ts';

export interface FileListOptions {
  readonly files: readonly Decision[];
  readonly at: number;
  readonly strings: Strings;
  readonly locale: string;
  readonly onChoose: (at: number) => void;
}

/** What is to decide, each with how much of it is left. */
export function fileList({ files, at, strings, locale, onChoose }: FileListOptions): TemplateResult {
  return html`
    <nav part="files" aria-label=${strings.filesToDecide}><ul>${files.map((decision, index) => {
      const left = leftOf(decision);
      return html`
        <li><button type="button" class="quiet" aria-current=${index === at ? 'true' : nothing} title=${decision.conflict.path} @click=${() => onChoose(index)}>
          <span class="truncate mono">${decision.conflict.path}</span>
          ${left > 0 ? html`<span class="count number"><span aria-hidden="true">${formatNumber(left, locale)}</span><span class="visually-hidden">${strings.leftToDecide(formatNumber(left, locale))}</span></span>` : html`<span class="done">${icons.ready}<span class="visually-hidden">${strings.decided}</span></span>`}
        </button></li>`;
    })}</ul></nav>`;
}
