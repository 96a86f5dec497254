import type { Deployment, Frame } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { stageRows, stageWord } from '../../app-status.ts';
import { describeReason } from '../../error-messages.ts';
import { findingList } from '../../parts/finding-list.ts';
import type { Strings } from '../../strings.ts';

export type Jump = (place: { file: string; line: number; column: number }) => void;

/** What failed, where in the builder's own code, and the runner's last words. */
export function failureCard(deployment: Deployment, strings: Strings, onJump: Jump): TemplateResult {
  const { failure, findings } = deployment;
  const failedAt = stageRows(deployment).find((row) => row.state === 'failed');
  const message = failure?.message || deployment.message || '';
  return html`
    <section class="failure" part="failure" role="alert">
      <h3>${failedAt ? strings.failedIn(stageWord(failedAt.name, strings)) : strings.statusFailed}</h3>
      <p>${describeReason(deployment.reason)} ${strings.stillLive}</p>
      ${findings && findings.length > 0 ? findingList(findings, strings, (finding) => onJump({ file: finding.file, ...finding.start })) : html`
        ${message ? html`<p class="mono"><strong>${failure?.type ? `${failure.type}: ` : ''}</strong>${message}</p>` : nothing}
        ${failure && failure.frames.length > 0 ? html`<h4>${strings.frames}</h4><ol class="frames">${failure.frames.map((frame) => frameRow(frame, strings, onJump))}</ol>` : nothing}`}
      ${failure?.hint ? html`<h4>${strings.hint}</h4><p>${failure.hint}</p>` : nothing}
      ${failure && failure.output.length > 0 ? html`<h4>${strings.lastOutput}</h4><pre class="output" part="output" tabindex="0">${failure.output.join('\n')}</pre>` : nothing}
    </section>`;
}

function frameRow(frame: Frame, strings: Strings, onJump: Jump): TemplateResult {
  const place = strings.place(frame.file, String(frame.line));
  return html`<li><button type="button" class="quiet" title=${strings.openPlace(place)} @click=${() => onJump({ file: frame.file, line: frame.line, column: frame.column ?? 1 })}>
    <span class="mono">${place}</span>${frame.function ? html` <span class="secondary mono">${frame.function}</span>` : nothing}
    ${frame.source ? html`<code>${frame.source.trim()}</code>` : nothing}
  </button></li>`;
}
