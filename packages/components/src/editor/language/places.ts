import { Text } from '@codemirror/state';
import type { LspEdit, LspLink, LspLocation, LspPosition, LspWorkspaceEdit } from './lsp.ts';

export const toText = (content: string): Text => Text.of(content.split(/\r\n?|\n/));

/** As an offset; at the nearest place there is, when the text has moved on. */
export function offsetOf(doc: Text, { line, character }: LspPosition): number {
  if (line >= doc.lines) return doc.length;
  const at = doc.line(line + 1);
  return Math.min(at.to, at.from + character);
}

export function lspPosition(doc: Text, offset: number): LspPosition {
  const line = doc.lineAt(offset);
  return { line: line.number - 1, character: offset - line.from };
}

/** Counted from 1, the column in code points. */
export function placeOf(doc: Text, position: LspPosition): { line: number; column: number } {
  const line = doc.line(Math.min(position.line + 1, doc.lines));
  return { line: line.number, column: Array.from(line.text.slice(0, position.character)).length + 1 };
}

/** Whatever form a server names places in. */
export function locationsOf(answer: LspLocation | readonly (LspLocation | LspLink)[] | null): LspLocation[] {
  if (!answer) return [];
  const all = Array.isArray(answer) ? answer as readonly (LspLocation | LspLink)[] : [answer as LspLocation];
  return all.map((one) => ('targetUri' in one ? { uri: one.targetUri, range: one.targetSelectionRange } : one));
}

/** The edits of each file, whatever form a server says them in. */
export function editsOf({ changes = {}, documentChanges = [] }: LspWorkspaceEdit): Map<string, readonly LspEdit[]> {
  const found = new Map<string, readonly LspEdit[]>(Object.entries(changes));
  for (const { textDocument, edits } of documentChanges) if (textDocument && edits) found.set(textDocument.uri, edits);
  return found;
}
