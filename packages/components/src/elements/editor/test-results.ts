import type { Finding, TestRun } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import { describeError } from '../../error-messages.ts';
import { formatDuration, formatNumber } from '../../format.ts';
import * as icons from '../../icons.ts';
import { findingList } from '../../parts/finding-list.ts';
import type { Strings } from '../../strings.ts';

export interface TestResultsOptions {
  readonly snapshot: AppSnapshot;
  readonly strings: Strings;
  readonly locale: string;
  readonly onJump: (finding: Finding) => void;
  readonly onTest: () => void;
  readonly onCancelTest: () => void;
}

/** The verdict of the last run in a line, and the button that runs or stops the tests. */
export function testAct({ snapshot: { tests }, strings, locale, onTest, onCancelTest }: TestResultsOptions): unknown {
  const isRunning = tests.state === 'running';
  const isStale = !tests.isCurrent;
  const words = isRunning ? strings.runningTests : tests.state === 'failed' ? describeError(tests.error, strings, locale).title : tests.run ? verdict(tests.run, isStale, strings, locale) : '';
  return html`
    <span class="tests-verdict truncate number" role="status" title=${words} data-failed=${!isRunning && failedTests(tests) > 0}>${words}</span>
    ${isRunning
      ? html`<button type="button" class="quiet tests-act" title=${strings.stopTests} @click=${onCancelTest}>${icons.stop}<span class="word">${strings.stopTests}</span></button>`
      : html`<button type="button" class="quiet tests-act" title=${strings.runTests} @click=${onTest}>${icons.run}<span class="word">${strings.runTests}</span></button>`}`;
}

/** What failed, at its line, and what the tests printed. */
export function testResults({ snapshot: { tests }, strings, locale, onJump }: TestResultsOptions): unknown {
  const { run, isCurrent, state, error } = tests;
  if (state === 'failed') return html`<section class="tests" aria-label=${strings.testResults}><p class="secondary">${describeError(error, strings, locale).text}</p></section>`;
  if (!run) return nothing;
  const findings = isEmpty(run) ? [] : run.findings;
  return html`
    <section class="tests" aria-label=${strings.testResults}>
      ${isEmpty(run) ? html`<p class="secondary">${strings.noTestsHint}</p>` : nothing}
      ${findings.length > 0 ? findingList({ findings, isStale: !isCurrent, strings, locale, onJump }) : nothing}
      ${run.output.length > 0 ? html`<details><summary>${strings.testOutput}</summary>
        ${run.outputDropped > 0 ? html`<p class="secondary">${strings.droppedLines(formatNumber(run.outputDropped, locale))}</p>` : nothing}
        <pre tabindex="0" dir="ltr">${run.output.join('\n')}</pre></details>` : nothing}
    </section>`;
}

/** Of the draft as it is: what an earlier one failed is none of its problems. */
export const failedTests = ({ run, isCurrent }: AppSnapshot['tests']): number => (run && isCurrent ? Math.max(run.failed, run.findings.filter(({ severity }) => severity === 'error').length) : 0);

function verdict(run: TestRun, isStale: boolean, strings: Strings, locale: string): string {
  const counts = ([[run.passed, strings.testsPassed], [run.failed, strings.testsFailed], [run.skipped, strings.testsSkipped]] as const).filter(([number]) => number > 0);
  const words = isEmpty(run) ? strings.noTests : [...counts.map(([number, count]) => count(formatNumber(number, locale))), formatDuration(run.durationMs, locale)].join(', ');
  // Before the rest, which may be cut where there is no room.
  return isStale ? strings.testsOfEarlier(words) : words;
}

/** Nothing ran and nothing went wrong: there are no tests. */
const isEmpty = ({ passed, failed, skipped, findings }: TestRun): boolean => passed + failed + skipped === 0 && !findings.some(({ severity }) => severity === 'error');
