import type { FailureReport, Finding, Frame } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { findingList } from '../../parts/finding-list.ts';
import type { Strings } from '../../strings.ts';

export interface FailureCardOptions {
  /** Our sentence: what happened, and what still serves. */
  readonly sentence: string;
  readonly failure: FailureReport | undefined;
  readonly findings: readonly Finding[];
  readonly strings: Strings;
  readonly onPlace: (place: { file: string; line: number; column: number }) => void;
}

/** How user code failed, in a deploy or while it was live: our sentence, CPython's words, the places in the builder's own files, and the last output. */
export function failureCard({ sentence, failure, findings, strings, onPlace }: FailureCardOptions): TemplateResult {
  return html`
    <div class="failure" part="failure">
      <p>${sentence}</p>
      ${findings.length > 0 ? findingList(findings, strings, (finding) => onPlace({ file: finding.file, ...finding.start })) : nothing}
      ${failure && findings.length === 0 ? html`
        <p class="message mono">${failure.type && !failure.message.startsWith(failure.type) ? html`<strong>${failure.type}:</strong> ` : nothing}${failure.message}</p>
        ${failure.frames.length > 0 ? html`<h3>${strings.frames}</h3><ol class="frames">${failure.frames.toReversed().map((frame) => frameRow(frame, strings, onPlace))}</ol>` : nothing}
        ${failure.hint ? html`<p class="hint"><strong>${strings.hint}:</strong> ${failure.hint}</p>` : nothing}` : nothing}
      ${failure && failure.output.length > 0 ? html`<details ?open=${failure.frames.length === 0}><summary>${strings.lastOutput}</summary><pre tabindex="0">${failure.output.join('\n')}</pre></details>` : nothing}
    </div>`;
}

function frameRow(frame: Frame, strings: Strings, onPlace: FailureCardOptions['onPlace']): TemplateResult {
  const place = strings.place(frame.file, String(frame.line));
  return html`
    <li>
      <button type="button" class="link mono" aria-label=${strings.openPlace(place)} @click=${() => onPlace({ file: frame.file, line: frame.line, column: frame.column ?? 1 })}>${place}</button>
      ${frame.function ? html`<span class="secondary mono">${frame.function}</span>` : nothing}
      ${frame.source ? html`<code class="mono">${frame.source.trim()}</code>` : nothing}
    </li>`;
}
