import type { Fix, Position } from '../contract/finding.ts';
import { putFile, type WorkingCopy } from './app/working-copy.ts';

type Edit = Fix['edits'][number];

/** The working copy with the edits made; undefined when a file is not what was `checked` any more, or two edits overlap. */
export function applyFix(copy: WorkingCopy, checked: WorkingCopy, fix: Fix): WorkingCopy | undefined {
  let next = copy;
  for (const file of new Set(fix.edits.map((edit) => edit.file))) {
    const content = copy.files.get(file);
    if (content === undefined || content !== checked.files.get(file)) return undefined;
    const edited = applyEdits(content, fix.edits.filter((edit) => edit.file === file));
    if (edited === undefined) return undefined;
    next = putFile(next, file, edited);
  }
  return next;
}

function applyEdits(content: string, edits: readonly Edit[]): string | undefined {
  const lines = content.split('\n');
  const toOffset = ({ line, column }: Position): number => {
    const before = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0);
    return Math.min(content.length, before + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length);
  };
  const spans = edits.map(({ start, end, text }) => ({ from: toOffset(start), to: toOffset(end), text })).toSorted((a, b) => a.from - b.from);
  if (spans.some(({ from, to }, index) => to < from || from < (spans[index - 1]?.to ?? 0))) return undefined;
  return spans.reduceRight((text, span) => text.slice(0, span.from) + span.text + text.slice(span.to), content);
}
