import { EditorView } from '@codemirror/view';

/** The look of what keys and the pointer bring: nobody sees it in the first frame, which does not wait for it. */
export const handsTheme = EditorView.theme({
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--_code-match)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--_code-match)', outline: '2px solid var(--_accent)' },
  '.cm-tooltip': { border: '1px solid var(--_line)', borderRadius: 'var(--_radius)', backgroundColor: 'var(--_surface-raised)', color: 'var(--_text)', boxShadow: 'var(--_shadow)', overflow: 'hidden' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--_font-mono)', maxHeight: '240px', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px', minHeight: '24px', lineHeight: '20px', borderRadius: '2px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--_accent)', color: 'var(--_accent-text)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-diagnostic': { borderLeft: '0', padding: '6px 10px', whiteSpace: 'pre-wrap', maxWidth: '60ch', fontFamily: 'var(--_font)' },
  '.cm-diagnosticAction': { display: 'block', minHeight: '24px', margin: '4px 0 0', padding: '0', border: '0', background: 'none', color: 'var(--_accent)', font: 'inherit', textDecoration: 'underline', textUnderlineOffset: '3px', textDecorationThickness: '1px', cursor: 'pointer' },
  '.cm-diagnosticSource': { color: 'var(--_text-secondary)', opacity: '1', fontSize: 'var(--_size-12)' },
  '.cm-panels': { backgroundColor: 'var(--_surface-sunken)', color: 'var(--_text)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--_line)' },
  '.cm-panel.cm-search': { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '6px', padding: '6px 36px 6px 8px', fontFamily: 'var(--_font)' },
  '.cm-panel.cm-search br': { flexBasis: '100%', content: '""' },
  '.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: '4px', minHeight: '24px', margin: '0', fontSize: 'var(--_size-12)' },
  '.cm-panel.cm-search input[type=checkbox]': { width: '24px', height: '24px', minHeight: '24px', margin: '0', accentColor: 'var(--_accent)' },
  '.cm-panel.cm-search .cm-textfield': { minHeight: '28px', margin: '0', padding: '0 8px', fontSize: 'var(--_size-13)', border: '1px solid var(--_line-control)', borderRadius: 'var(--_radius)', backgroundColor: 'var(--_surface-raised)', color: 'var(--_text)' },
  '.cm-panel.cm-search .cm-button': { minHeight: '28px', margin: '0', padding: '0 8px', fontSize: 'var(--_size-12)', border: '1px solid var(--_line-control)', borderRadius: 'var(--_radius)', background: 'var(--_surface-raised)', color: 'var(--_text)', textTransform: 'capitalize' },
  '.cm-panel.cm-search [name=close]': { minWidth: '24px', minHeight: '24px', top: '8px', right: '8px', fontSize: '16px', color: 'var(--_text-secondary)', cursor: 'pointer' },
});
