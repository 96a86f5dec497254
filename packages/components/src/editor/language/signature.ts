import { showSignatureHelp, signatureHelp } from '@codemirror/lsp-client';
import { Prec } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { EditorView } from '@codemirror/view';
import type { Active } from './language.ts';

/** The parameters of the call that is typed; Escape closes them, which the library leaves to the server. */
export function signature({ client }: Active): Extension {
  const close = (view: EditorView): boolean => {
    if (!view.dom.querySelector('.cm-lsp-signature-tooltip')) return false;
    client.forgetSignature();
    return showSignatureHelp(view);
  };
  return [signatureHelp(), Prec.low(keymap.of([{ key: 'Escape', run: close }]))];
}
