import type { Finding } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import { icons } from '../../icons.ts';
import { findingList } from '../../parts/finding-list.ts';
import type { Strings } from '../../strings.ts';

export interface ProblemsOptions {
  readonly snapshot: AppSnapshot;
  readonly isOpen: boolean;
  readonly strings: Strings;
  readonly locale: string;
  readonly onToggle: () => void;
  readonly onJump: (finding: Finding) => void;
}

/** The problems under the code: one line that says how many, and the list when open. */
export function problems({ snapshot, isOpen, strings, locale, onToggle, onJump }: ProblemsOptions): TemplateResult {
  const { findings, validation } = snapshot;
  const isShown = isOpen && findings.length > 0;
  return html`
    <section class="problems">
      <button type="button" class="quiet problems-head" aria-expanded=${isShown} ?disabled=${findings.length === 0} @click=${onToggle}>
        <span class="twist">${icons.chevron}</span><span role="status">${summary(findings, validation, strings, locale)}</span>
        ${validation === 'pending' ? html`<span class="secondary" aria-hidden="true">${strings.checking}</span>` : nothing}
      </button>
      ${isShown ? findingList(findings, strings, onJump) : nothing}
    </section>`;
}

function summary(findings: readonly Finding[], validation: AppSnapshot['validation'], strings: Strings, locale: string): string {
  if (validation === 'unavailable') return strings.notChecked;
  if (findings.length === 0) return validation === 'done' ? strings.noProblems : strings.problems;
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const all = strings.problemCount(formatNumber(findings.length, locale), findings.length === 1);
  return errors > 0 ? `${all}, ${strings.errorCount(formatNumber(errors, locale), errors === 1)}` : all;
}
