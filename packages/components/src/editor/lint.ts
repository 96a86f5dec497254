import { forEachDiagnostic } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import type { Extension, Text } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { EditorView } from '@codemirror/view';
import type { Finding, Fix } from '@fapi/sdk/contract';
import { packagesOf } from '../findings.ts';
import type { Strings } from '../strings.ts';
import { toOffset } from './positions.ts';

export interface DiagnosticOptions {
  /** Makes a fix; absent where nothing can be edited. */
  readonly onFix: ((fix: Fix) => void) | undefined;
  readonly strings: Strings;
}

/** Findings as CodeMirror sees them: offsets in UTF-16, inside the document even when the text has moved on. */
export function toDiagnostics(doc: Text, findings: readonly Finding[], { onFix, strings }: DiagnosticOptions): Diagnostic[] {
  return findings.map((finding) => {
    const { start, end, severity, source, message, hint, fixes = [] } = finding;
    const from = toOffset(doc, start);
    const to = Math.max(from, toOffset(doc, end));
    // A place without width would draw nothing: widen it to the word or to one character.
    const isPoint = to === from;
    const line = doc.lineAt(from);
    const word = isPoint ? /^\w+/.exec(line.text.slice(from - line.from))?.[0].length ?? 1 : 0;
    const actions = onFix ? fixes.filter((fix) => fix.edits.length > 0).map((fix) => ({ name: strings.runnerSays(fix.title), apply: () => onFix(fix) })) : [];
    return {
      from: isPoint && from === line.to && from > line.from ? from - 1 : from,
      to: isPoint ? Math.min(line.to, from + word) : to,
      severity, source, actions,
      message: [strings.runnerSays(message, finding), hint && strings.runnerSays(hint), ...packagesOf({ hint, fixes }).map(strings.needsPackage)].filter(Boolean).join('\n'),
    };
  });
}

/** The fixes of what is found on the cursor's line; of what is found at the cursor first. */
export function fixesAtLine(view: EditorView): { name: string; apply: () => void }[] {
  const { head } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  const found: { isAtCursor: boolean; name: string; apply: () => void }[] = [];
  forEachDiagnostic(view.state, ({ actions = [] }, from, to) => {
    if (to < line.from || from > line.to) return;
    for (const { name, apply } of actions) found.push({ isAtCursor: from <= head && head <= to, name, apply: () => apply(view, from, to) });
  });
  return found.toSorted((a, b) => Number(b.isAtCursor) - Number(a.isAtCursor));
}

/** Mod-. makes the first fix of what is found at the cursor, else of what is found on its line. */
export const fixKey: Extension = keymap.of([{ key: 'Mod-.', run: applyFixAtCursor }]);

function applyFixAtCursor(view: EditorView): boolean {
  const [first] = fixesAtLine(view);
  first?.apply();
  return first !== undefined;
}
