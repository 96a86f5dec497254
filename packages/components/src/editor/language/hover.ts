import { LSPPlugin } from '@codemirror/lsp-client';
import type { Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import type { Active } from './language.ts';
import type { LspHoverContents, LspRange } from './lsp.ts';
import { drawMarkup } from './markdown.ts';
import { lspPosition, offsetOf } from './places.ts';

/** What a name is, under the pointer. */
export function hover({ client }: Active): Extension {
  return hoverTooltip(async (view, at) => {
    const plugin = LSPPlugin.get(view);
    if (!plugin) return null;
    const { doc } = view.state;
    const answer = await client.ask<{ contents: LspHoverContents; range?: LspRange }>('textDocument/hover', { textDocument: { uri: plugin.uri }, position: lspPosition(doc, at) });
    if (!answer || view.state.doc !== doc) return null;
    const { contents, range } = answer;
    return {
      pos: range ? offsetOf(doc, range.start) : at,
      end: range ? offsetOf(doc, range.end) : at,
      above: true,
      create: () => ({ dom: drawMarkup(contents, 'cm-language-hover cm-language-docs') }),
    };
  }, { hideOn: (transaction) => transaction.docChanged });
}
