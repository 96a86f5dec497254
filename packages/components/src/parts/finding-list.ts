import type { Finding } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icons } from '../icons.ts';
import type { Strings } from '../strings.ts';

const severityIcons = { error: icons.error, warning: icons.warning, info: icons.info, hint: icons.hint } as const;
const severityOrder = ['error', 'warning', 'info', 'hint'] as const;

/** Worst first, then by place. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity) || a.file.localeCompare(b.file) || a.start.line - b.start.line);
}

/** Findings as rows that jump to their place. */
export function findingList(findings: readonly Finding[], strings: Strings, onJump: (finding: Finding) => void): TemplateResult {
  return html`<ul class="findings" part="problems">${sortFindings(findings).map((finding) => html`
    <li>
      <button type="button" class="finding quiet" part="problem" data-severity=${finding.severity} @click=${() => onJump(finding)}>
        ${severityIcons[finding.severity]}
        <span class="what"><span class="visually-hidden">${severityWord(finding.severity, strings)}: </span>${finding.message}${finding.hint ? html`<span class="hint secondary">${finding.hint}</span>` : nothing}</span>
        <span class="where mono secondary">${strings.place(finding.file, String(finding.start.line))}</span>
      </button>
    </li>`)}</ul>`;
}

function severityWord(severity: Finding['severity'], strings: Strings): string {
  return { error: strings.severityError, warning: strings.severityWarning, info: strings.severityInfo, hint: strings.severityHint }[severity];
}
