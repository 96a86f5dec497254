import type { Issue } from '../../contract/problem.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import type { Scan } from './read-files.ts';

/** Throws when one of these files has marks that a merge has left, ours or Git's, and nobody has taken out. */
export function refuseMergeMarks(files: Scan['files'], paths: readonly string[]): void {
  const issues: Issue[] = paths.flatMap((path) => {
    const { content, encoding } = files.get(path)!;
    const line = encoding ? undefined : findMark(content);
    return line === undefined ? [] : [{ path: `${path}:${line}`, message: 'a merge has left its marks (<<<<<<<) here' }];
  });
  if (issues.length === 0) return;
  throw new CliError('merge_marks', exitCodes.conflict, 'files hold marks of a merge; nothing was sent', { issues, hints: ['decide between the marks and take them out', 'or, where they are meant to be there, --allow-marks'] });
}

/** The 1-based line of the first `<<<<<<< ` that a `=======` and a `>>>>>>> ` follow, each at the beginning of a line: one of them alone is also a heading, or a quotation. */
export function findMark(text: string): number | undefined {
  let begun: number | undefined;
  let isHalf = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (begun === undefined && line.startsWith('<<<<<<< ')) begun = index + 1;
    else if (begun !== undefined && line === '=======') isHalf = true;
    else if (begun !== undefined && isHalf && /^>{7}( |$)/.test(line)) return begun;
  }
  return undefined;
}
