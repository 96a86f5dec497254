import { mergeDiff3 } from 'node-diff3';

/** Both changes in one text. Where they meet, both stand there between the marks that people know from Git. */
export function mergeTexts({ ours, base, theirs, theirName }: { ours: string; base: string; theirs: string; theirName: string }): { text: string; hasMarks: boolean } {
  const { conflict, result } = mergeDiff3(toLines(ours), toLines(base), toLines(theirs), { label: { a: 'here', o: 'before', b: theirName } }) as { conflict: boolean; result: string[] };
  // Marks come without an end of line of their own, and the last line of a file may have none.
  return { text: result.map((line, index) => (line.endsWith('\n') || (index === result.length - 1 && !line.startsWith('>>>>>>> ')) ? line : `${line}\n`)).join(''), hasMarks: conflict };
}

/** With their ends, so that nothing but what was changed is changed. */
const toLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
