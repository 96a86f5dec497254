import type { Text } from '@codemirror/state';
import type { Position } from '@fapi/sdk/contract';

/** A place as the contract counts, lines and columns from 1 and columns in code points, as an offset in UTF-16; inside the document even when the text has moved on. */
export function toOffset(doc: Text, { line, column }: Position): number {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  return at.from + [...at.text].slice(0, Math.max(0, column - 1)).join('').length;
}

export function toPosition(doc: Text, offset: number): Position {
  const at = doc.lineAt(offset);
  return { line: at.number, column: Array.from(at.text.slice(0, offset - at.from)).length + 1 };
}
