import type { Finding } from '@fapi/sdk/contract';

const severityOrder = ['error', 'warning', 'info', 'hint'] as const;
/** The code of the contract for a project without its main.py. */
export const noEntry = 'ENT002';
/** More at once is read by nobody, and slow to draw. */
export const findingsShown = 100;

/** Worst first, then by place. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity) || a.file.localeCompare(b.file) || a.start.line - b.start.line);
}

/** Distributions that a fix would add to the app, but for those that its hint names. */
export function packagesOf({ hint = '', fixes = [] }: Pick<Finding, 'hint' | 'fixes'>): string[] {
  return [...new Set(fixes.flatMap((fix) => fix.package ?? []))].filter((name) => !hint.includes(name));
}
