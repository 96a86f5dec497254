import { EditorView } from '@codemirror/view';

/** The look of what keys and the pointer bring: nobody sees it in the first frame, which does not wait for it. */
export const handsTheme = EditorView.theme({
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--_code-match)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--_code-match)', outline: '2px solid var(--_accent)' },
  '.cm-tooltip': { border: '1px solid var(--_line)', borderRadius: 'var(--_radius)', backgroundColor: 'var(--_surface-raised)', color: 'var(--_text)', boxShadow: 'var(--_shadow)', overflow: 'hidden' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--_font-mono)', maxHeight: '240px', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', minHeight: 'calc(24 * var(--_u))', lineHeight: 'calc(20 * var(--_u))', borderRadius: '2px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--_accent)', color: 'var(--_accent-text)' },
  '@media (forced-colors: active)': { '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'Highlight', color: 'HighlightText', forcedColorAdjust: 'none' } },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-diagnostic': { borderLeft: '0', padding: '6px 10px', whiteSpace: 'pre-wrap', maxWidth: '60ch', fontFamily: 'var(--_font)' },
  '.cm-diagnosticAction': { display: 'block', minHeight: 'calc(24 * var(--_u))', margin: '4px 0 0', padding: '0', border: '0', background: 'none', color: 'var(--_accent)', font: 'inherit', textDecoration: 'underline', textUnderlineOffset: '3px', textDecorationThickness: '1px', cursor: 'pointer' },
  '.cm-diagnosticSource': { color: 'var(--_text-secondary)', opacity: '1', fontSize: 'var(--_size-12)' },
  '.cm-panels': { backgroundColor: 'var(--_surface-sunken)', color: 'var(--_text)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--_line)' },
});
