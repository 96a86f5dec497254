import { EditorView } from '@codemirror/view';

const popover = { maxWidth: 'min(64ch, 90vw)', maxHeight: '40vh', overflow: 'auto' };

/** What the servers show, in the look of the rest. */
export const languageTheme = EditorView.theme({
  '.cm-language-docs': { ...popover, padding: '6px 10px', fontFamily: 'var(--_font)', fontSize: 'var(--_size-13)', lineHeight: 'calc(20 * var(--_u))', whiteSpace: 'normal', overflowWrap: 'anywhere' },
  '.cm-language-docs:focus-visible': { outline: '2px solid var(--_accent)', outlineOffset: '-2px' },
  '.cm-language-docs > * + *': { marginBlockStart: '8px' },
  '.cm-language-docs p, .cm-language-docs pre, .cm-language-docs ul, .cm-language-docs ol, .cm-language-docs blockquote': { margin: '0', padding: '0' },
  '.cm-language-docs * + p, .cm-language-docs * + pre, .cm-language-docs * + ul, .cm-language-docs * + ol': { marginBlockStart: '8px' },
  '.cm-language-docs ul, .cm-language-docs ol': { paddingInlineStart: '20px', listStyle: 'disc' },
  '.cm-language-docs ol': { listStyle: 'decimal' },
  '.cm-language-docs blockquote': { paddingInlineStart: '8px', borderInlineStart: '2px solid var(--_line)' },
  '.cm-language-docs hr': { height: '1px', margin: '8px -10px', border: '0', background: 'var(--_line)' },
  '.cm-language-docs code, .cm-language-code': { fontFamily: 'var(--_font-mono)', fontSize: 'var(--_size-12)' },
  '.cm-language-docs code': { padding: '0 2px', borderRadius: '2px', background: 'var(--_hover)' },
  '.cm-language-code': { lineHeight: 'calc(18 * var(--_u))', whiteSpace: 'pre-wrap' },
  '.cm-language-heading': { fontWeight: '600' },
  '.cm-language-docs a': { color: 'var(--_accent)' },
  '.cm-language-docs th, .cm-language-docs td': { padding: '0 8px 0 0', textAlign: 'start', verticalAlign: 'top' },
  '.cm-language-message': { padding: '4px 10px', fontFamily: 'var(--_font)', fontSize: 'var(--_size-12)' },
  '.cm-language-menu': { ...popover, display: 'flex', flexDirection: 'column', padding: '4px', fontFamily: 'var(--_font)', fontSize: 'var(--_size-13)' },
  '.cm-language-menu button': { minHeight: 'calc(24 * var(--_u))', padding: '2px 8px', border: '0', borderRadius: '2px', background: 'none', color: 'inherit', font: 'inherit', textAlign: 'start', cursor: 'pointer' },
  '.cm-language-menu button:hover': { background: 'var(--_hover)' },
  // Forced colours take the background away and draw the outline.
  '.cm-language-menu button:focus': { background: 'var(--_accent)', color: 'var(--_accent-text)', outline: '2px solid transparent', outlineOffset: '-2px' },
  '.cm-tooltip-autocomplete .cm-completionLabel': { flex: 'none' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { display: 'flex', gap: '16px', maxWidth: 'min(64ch, 90vw)' },
  '.cm-completionDetail': { flex: '1', minWidth: '0', margin: '0', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', textAlign: 'end', fontStyle: 'normal', color: 'var(--_text-secondary)' },
  'li[aria-selected] > .cm-completionDetail': { color: 'inherit' },
  '.cm-tooltip.cm-completionInfo': { padding: '0', maxWidth: 'min(56ch, 90vw)' },
  '.cm-lsp-signature-tooltip': { ...popover, padding: '4px 10px', fontSize: 'var(--_size-12)', lineHeight: 'calc(20 * var(--_u))' },
  '.cm-lsp-signature-tooltip .cm-lsp-signature': { fontFamily: 'var(--_font-mono)' },
  '.cm-lsp-signature-tooltip .cm-lsp-active-parameter': { fontWeight: '600', color: 'var(--_accent)' },
  '.cm-dialog.cm-language-rename': { display: 'flex', padding: '6px 8px', fontFamily: 'var(--_font)', fontSize: 'var(--_size-12)' },
  '.cm-language-rename form': { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '6px', flex: '1', paddingInlineEnd: '32px' },
  '.cm-language-rename label': { display: 'inline-flex', alignItems: 'center', gap: '8px', minHeight: 'calc(28 * var(--_u))', fontSize: 'var(--_size-12)' },
  '.cm-language-rename .cm-textfield': { minHeight: 'calc(28 * var(--_u))', margin: '0', padding: '0 8px', fontFamily: 'var(--_font-mono)', fontSize: 'var(--_size-13)', border: '1px solid var(--_line-control)', borderRadius: 'var(--_radius)', backgroundColor: 'var(--_surface-raised)', color: 'var(--_text)' },
  '.cm-language-rename .cm-button': { minHeight: 'calc(28 * var(--_u))', margin: '0', padding: '0 8px', fontSize: 'var(--_size-12)', border: '1px solid var(--_line-control)', borderRadius: 'var(--_radius)', background: 'var(--_surface-raised)', color: 'var(--_text)' },
  '.cm-language-rename .cm-dialog-close': { minWidth: '24px', minHeight: 'calc(24 * var(--_u))', top: '8px', right: '8px', fontSize: '16px', color: 'var(--_text-secondary)', cursor: 'pointer' },
});
