import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { Finding, Position } from '@fapi/sdk/contract';

/** Findings as CodeMirror sees them: offsets in UTF-16, inside the document even when the text has moved on. */
export function toDiagnostics(doc: Text, findings: readonly Finding[]): Diagnostic[] {
  return findings.map((finding) => {
    const from = toOffset(doc, finding.start);
    const to = Math.max(from, toOffset(doc, finding.end));
    // A place without width would draw nothing: widen it to the word or to one character.
    const isPoint = to === from;
    const line = doc.lineAt(from);
    const word = isPoint ? /^\w+/.exec(line.text.slice(from - line.from))?.[0].length ?? 1 : 0;
    return {
      from: isPoint && from === line.to && from > line.from ? from - 1 : from,
      to: isPoint ? Math.min(line.to, from + word) : to,
      severity: finding.severity,
      source: finding.source,
      message: finding.hint ? `${finding.message}\n${finding.hint}` : finding.message,
    };
  });
}

function toOffset(doc: Text, { line, column }: Position): number {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  return at.from + [...at.text].slice(0, Math.max(0, column - 1)).join('').length;
}
