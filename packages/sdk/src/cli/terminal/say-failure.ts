import type { Failure } from '../failure.ts';
import { type Output, plain } from './output.ts';

/** A failure for people: what, where exactly, and what to do about it. */
export function sayFailureOf(output: Output, { message, issues = [], hints = [], requestId }: Failure): void {
  const [first = '', ...more] = message.split('\n');
  output.note(`${output.style('red', 'fapi:')} ${plain(first)}`);
  for (const line of more) output.note(plain(line));
  for (const { path, message: text, used, limit } of issues) output.note(`  ${path === '' ? '' : `${plain(path)}: `}${plain(text)}${limit === undefined ? '' : `: ${used} of at most ${limit}`}`);
  for (const hint of hints) output.note(`  ${output.style('dim', '→')} ${plain(hint)}`);
  if (requestId !== undefined) output.note(output.style('dim', `  request ${plain(requestId)}`));
}
