import type { FailureReport, Finding } from '../../contract/finding.ts';
import { type Output, plain } from './output.ts';
import { count } from './words.ts';

const colours = { error: 'red', warning: 'yellow', info: 'blue', hint: 'dim' } as const;

/** `file:line:column severity: message [code]`, a form that editors and CI know. */
function toLine(output: Output, { file, start, severity, message, code }: Finding): string {
  const place = file === '' ? 'project' : `${file}:${start.line}:${start.column}`;
  return `${plain(place)} ${output.style(colours[severity], severity)}: ${plain(message)} ${output.style('dim', `[${plain(code)}]`)}`;
}

/** All of them, worst first, as results; then how many as a note. */
export function sayFindings(output: Output, findings: readonly Finding[]): void {
  const order = Object.keys(colours);
  for (const finding of findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))) {
    output.line(toLine(output, finding));
    if (finding.hint !== undefined) output.line(`  ${output.style('dim', plain(finding.hint))}`);
  }
}

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some(({ severity }) => severity === 'error');

export function summaryOf(findings: readonly Finding[]): string {
  const [errors, others] = [findings.filter(({ severity }) => severity === 'error').length, findings.filter(({ severity }) => severity !== 'error').length];
  return errors + others === 0 ? 'no findings' : [...(errors > 0 ? [count(errors, 'error')] : []), ...(others > 0 ? [count(others, 'other finding')] : [])].join(', ');
}

/** How user code failed: what it says, where, what it printed last, and what may help. */
export function sayFailure(output: Output, { type, message, frames, output: printed, hint, notes = [] }: FailureReport): void {
  output.note(`  ${output.style('red', plain(type === undefined || message.startsWith(type) ? message : `${type}: ${message}`))}`);
  for (const { file, line, function: name, source } of frames) {
    output.note(`    ${plain(`${file}:${line}`)}${name === undefined ? '' : ` in ${plain(name)}`}`);
    if (source !== undefined) output.note(`      ${output.style('dim', plain(source.trim()))}`);
  }
  for (const note of notes) output.note(`    ${plain(note)}`);
  if (printed.length > 0) output.note('  last output:');
  for (const line of printed.slice(-20)) output.note(`    ${plain(line)}`);
  if (hint !== undefined) output.note(`  hint: ${plain(hint)}`);
}
