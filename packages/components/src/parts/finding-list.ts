import type { Finding, Fix } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { addEnglish } from '../catalogues.ts';
import { findingsShown, noEntry, packagesOf, sortFindings } from '../findings.ts';
import { formatNumber } from '../format.ts';
import * as icons from '../icons.ts';
import type { Strings } from '../strings.ts';
import { findingEnglish } from '../strings/findings.ts';

addEnglish(findingEnglish);

const severityIcons = { error: icons.error, warning: icons.warning, info: icons.info, hint: icons.hint } as const;

export interface FindingListOptions {
  readonly findings: readonly Finding[];
  /** The text has changed since they were found: they are drawn faintly, each at its place, and nothing mends them. */
  readonly isStale?: boolean;
  readonly strings: Strings;
  readonly locale: string;
  readonly onJump: (finding: Finding) => void;
  /** Absent where nothing can be edited. */
  readonly onFix?: ((fix: Fix) => void) | undefined;
  /** What else would mend it, in a word. */
  readonly mendsOf?: ((finding: Finding) => readonly Mend[]) | undefined;
}

export interface Mend { readonly word: string; readonly run: () => void }

/** Findings as rows that jump to their place, the worst hundred of them, with what would mend them. */
export function findingList(options: FindingListOptions): TemplateResult {
  const { findings, isStale = false, strings, locale } = options;
  const left = findings.length - findingsShown;
  return html`<ul class="findings" part="problems" ?data-stale=${isStale}>
    ${sortFindings(findings).slice(0, findingsShown).map((finding) => row(finding, options))}
    ${left > 0 ? html`<li class="secondary rest">${strings.moreProblems(formatNumber(left, locale))}</li>` : nothing}
  </ul>`;
}

function row(finding: Finding, { isStale = false, strings, onJump, onFix, mendsOf }: FindingListOptions): TemplateResult {
  const { severity, message, hint, file, start, fixes = [] } = finding;
  // A place in a file that is not there leads nowhere.
  const isPlace = file !== '' && finding.code !== noEntry;
  const words = html`
    ${severityIcons[severity]}
    <span class="what"><span class="visually-hidden">${severityWord(severity, strings)}: </span>${strings.runnerSays(message, finding)}${hint ? html`<span class="hint secondary">${strings.runnerSays(hint)}</span>` : nothing}${packagesOf(finding).map((name) => html`<span class="hint secondary">${strings.needsPackage(name)}</span>`)}</span>
    <span class="where mono secondary">${isPlace ? strings.place(file, String(start.line)) : file || strings.project}</span>`;
  const edits = onFix ? fixes.filter((fix) => fix.edits.length > 0) : [];
  const mends = mendsOf?.(finding) ?? [];
  return html`
    <li>
      ${isPlace ? html`<button type="button" class="finding quiet" part="problem" data-severity=${severity} @click=${() => onJump(finding)}>${words}</button>` : html`<div class="finding" part="problem" data-severity=${severity}>${words}</div>`}
      ${edits.length + mends.length > 0 ? html`<div class="fixes">${edits.map((fix) => html`<button type="button" class="link fix" title=${strings.fixHint} ?disabled=${isStale} @click=${() => onFix?.(fix)}>${strings.runnerSays(fix.title)}</button>`)}${mends.map(({ word, run }) => html`<button type="button" class="link fix" data-mend @click=${run}>${word}</button>`)}</div>` : nothing}
    </li>`;
}

function severityWord(severity: Finding['severity'], strings: Strings): string {
  return { error: strings.severityError, warning: strings.severityWarning, info: strings.severityInfo, hint: strings.severityHint }[severity];
}
