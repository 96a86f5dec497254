import { showSignatureHelp, signatureHelp } from '@codemirror/lsp-client';
import { Prec, Transaction } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import type { Active } from './language.ts';

/** The parameters of the call that is typed. Escape closes them, and whoever else changes the line: the library leaves both to the server. */
export function signature({ client }: Active): Extension {
  const close = (view: EditorView): boolean => {
    if (!view.dom.querySelector('.cm-lsp-signature-tooltip')) return false;
    client.forgetSignature();
    return showSignatureHelp(view);
  };
  const closeOverwritten = EditorView.updateListener.of(({ view, changes, startState, transactions }) => {
    const line = startState.doc.lineAt(startState.selection.main.head);
    const isByHand = transactions.some((transaction) => transaction.annotation(Transaction.userEvent) !== undefined);
    if (!isByHand && changes.touchesRange(line.from, line.to) !== false) close(view);
  });
  return [signatureHelp(), closeOverwritten, Prec.low(keymap.of([{ key: 'Escape', run: close }]))];
}
