import type { Finding, Fix } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LanguageState } from '../../editor/language/types.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import { findingList } from '../../parts/finding-list.ts';
import type { Mend } from '../../parts/finding-list.ts';
import type { Strings } from '../../strings.ts';
import { languageMark } from './language-mark.ts';
import { failedTests, testAct, testResults } from './test-results.ts';

export interface ProblemsOptions {
  readonly snapshot: AppSnapshot;
  readonly isOpen: boolean;
  readonly isReadOnly: boolean;
  readonly language: LanguageState | undefined;
  readonly strings: Strings;
  readonly locale: string;
  readonly onToggle: () => void;
  readonly onJump: (finding: Finding) => void;
  readonly onFix: (fix: Fix) => void;
  readonly mendsOf: (finding: Finding) => readonly Mend[];
  readonly onTest: () => void;
  readonly onCancelTest: () => void;
}

/** The problems under the code: one line that says how many, and when open the list with the results of the tests under it. */
export function problems(options: ProblemsOptions): TemplateResult {
  const { snapshot, isOpen, isReadOnly, language, strings, locale, onToggle, onJump, onFix, mendsOf } = options;
  const { findings, areFindingsCurrent, validation, tests } = snapshot;
  const isStale = !areFindingsCurrent;
  // Said above the files, for all of this.
  const isAway = snapshot.connection === 'reconnecting';
  const isEmpty = findings.length === 0 && tests.run === undefined && tests.state !== 'failed';
  const isShown = isOpen && !isEmpty;
  const said = summary(snapshot, strings, locale);
  const failed = failedTests(tests);
  // Read out they are by the verdict.
  const head = failed === 0 ? said : [...(findings.length > 0 ? [said] : []), strings.failedTestCount(formatNumber(failed, locale), failed === 1)].join(', ');
  return html`
    <section class="problems">
      <div class="problems-bar">
        <button type="button" class="quiet problems-head" aria-expanded=${isShown} ?disabled=${isEmpty} @click=${onToggle}>
          <span class="twist">${icons.chevron}</span><span class="truncate">${head}</span>
          ${!isAway && (validation === 'pending' || (isStale && validation === 'done')) ? html`<span class="secondary checking" aria-hidden="true">${strings.checking}</span>` : nothing}
        </button>
        ${/* Not in the button: what is in a button is its name, and is not read out by itself. */ html`<span class="visually-hidden" role="status">${said === strings.problems ? nothing : said}</span>`}
        ${languageMark(isAway && language?.status === 'off' && language.reason === 'connection' ? undefined : language, strings)}
        ${isReadOnly ? nothing : testAct(options)}
      </div>
      ${isShown ? html`<div class="lists">
        ${findings.length > 0 ? findingList({ findings, isStale, strings, locale, onJump, onFix: isReadOnly ? undefined : onFix, mendsOf }) : nothing}
        ${testResults(options)}
      </div>` : nothing}
    </section>`;
}

function summary({ findings, areFindingsCurrent, validation, connection }: AppSnapshot, strings: Strings, locale: string): string {
  if (validation === 'unavailable' && connection !== 'reconnecting') return strings.notChecked;
  if (findings.length === 0) return validation === 'done' && areFindingsCurrent ? strings.noProblems : strings.problems;
  const count = (...severities: Finding['severity'][]): number => findings.filter(({ severity }) => severities.includes(severity)).length;
  const counted = [[count('error'), strings.errorCount], [count('warning'), strings.warningCount], [count('info', 'hint'), strings.noteCount]] as const;
  return counted.filter(([number]) => number > 0).map(([number, words]) => words(formatNumber(number, locale), number === 1)).join(', ');
}
