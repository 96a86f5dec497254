import { forEachDiagnostic } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import type { Extension, Text } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { EditorView } from '@codemirror/view';
import type { Finding, Fix } from '@fapi/sdk/contract';
import { packagesOf } from '../findings.ts';
import { toOffset } from './positions.ts';

export interface DiagnosticOptions {
  /** Makes a fix; absent where nothing can be edited. */
  readonly onFix: ((fix: Fix) => void) | undefined;
  readonly needsPackage: (name: string) => string;
}

/** Findings as CodeMirror sees them: offsets in UTF-16, inside the document even when the text has moved on. */
export function toDiagnostics(doc: Text, findings: readonly Finding[], { onFix, needsPackage }: DiagnosticOptions): Diagnostic[] {
  return findings.map(({ start, end, severity, source, message, hint, fixes = [] }) => {
    const from = toOffset(doc, start);
    const to = Math.max(from, toOffset(doc, end));
    // A place without width would draw nothing: widen it to the word or to one character.
    const isPoint = to === from;
    const line = doc.lineAt(from);
    const word = isPoint ? /^\w+/.exec(line.text.slice(from - line.from))?.[0].length ?? 1 : 0;
    const actions = onFix ? fixes.filter((fix) => fix.edits.length > 0).map((fix) => ({ name: fix.title, apply: () => onFix(fix) })) : [];
    return {
      from: isPoint && from === line.to && from > line.from ? from - 1 : from,
      to: isPoint ? Math.min(line.to, from + word) : to,
      severity, source, actions,
      message: [message, hint, ...packagesOf(fixes).map(needsPackage)].filter(Boolean).join('\n'),
    };
  });
}

/** Mod-. makes the first fix of what is found at the cursor, else of what is found on its line. */
export const fixKey: Extension = keymap.of([{ key: 'Mod-.', run: applyFixAtCursor }]);

function applyFixAtCursor(view: EditorView): boolean {
  const { head } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  let [nearest, isAtCursor] = [undefined as (() => void) | undefined, false];
  forEachDiagnostic(view.state, ({ actions }, from, to) => {
    const action = actions?.[0];
    if (!action || isAtCursor || to < line.from || from > line.to) return;
    isAtCursor = from <= head && head <= to;
    if (isAtCursor || !nearest) nearest = () => action.apply(view, from, to);
  });
  nearest?.();
  return nearest !== undefined;
}
