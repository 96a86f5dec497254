import { EditorView } from '@codemirror/view';

const control = { minWidth: '24px', minHeight: 'calc(28 * var(--_u))', margin: '0', padding: '0 8px', border: '1px solid transparent', borderRadius: 'var(--_radius)', background: 'none', color: 'var(--_text-secondary)', font: 'inherit', fontSize: 'var(--_size-12)', cursor: 'pointer' };

/** As the search over all files looks. */
export const searchTheme = EditorView.theme({
  '.cm-panel.cm-search': { position: 'relative', display: 'grid', gap: '4px', padding: '4px 8px', fontFamily: 'var(--_font)', fontSize: 'var(--_size-12)' },
  '.cm-search > .line': { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '2px' },
  '.cm-panel.cm-search .cm-textfield': { flex: '1 1 12ch', minWidth: '0', maxWidth: '40ch', minHeight: 'calc(28 * var(--_u))', margin: '0 2px 0 0', padding: '0 8px', border: '1px solid var(--_line-control)', borderRadius: 'var(--_radius)', background: 'var(--_surface-raised)', color: 'var(--_text)', font: 'var(--_size-12) / calc(20 * var(--_u)) var(--_font-mono)' },
  '.cm-panel.cm-search .cm-textfield:focus-visible': { outline: '2px solid var(--_accent)', outlineOffset: '-1px' },
  '.cm-panel.cm-search .cm-textfield[aria-invalid]': { borderColor: 'var(--_failed)', outlineColor: 'var(--_failed)' },
  '.cm-panel.cm-search button': control,
  '.cm-panel.cm-search button.icon-only': { display: 'inline-flex', alignItems: 'center', justifyContent: 'center', width: 'calc(28 * var(--_u))', padding: '0' },
  '.cm-panel.cm-search button:hover': { background: 'var(--_hover)', color: 'var(--_text)' },
  '.cm-panel.cm-search button:focus-visible': { outline: '2px solid var(--_accent)', outlineOffset: '-2px' },
  '.cm-panel.cm-search button[aria-pressed=true], .cm-panel.cm-search button[aria-expanded=true]': { background: 'var(--_accent-soft)', color: 'var(--_accent)' },
  '.cm-panel.cm-search button[name^=replace]': { borderColor: 'var(--_line-control)', background: 'var(--_surface-raised)', color: 'var(--_text)' },
  '.cm-panel.cm-search button:disabled, .cm-panel.cm-search button[name]:disabled:hover': { borderColor: 'transparent', background: 'none', color: 'var(--_grey-8)', cursor: 'default' },
  '.cm-panel.cm-search [name=close]': { position: 'static', marginInlineStart: 'auto' },
  '.cm-search .ways': { display: 'flex', gap: '2px' },
  '.cm-search .up > .icon': { rotate: '-90deg' },
  '.cm-search .down > .icon': { rotate: '90deg' },
  '.cm-search .icon': { display: 'block', width: 'calc(16 * var(--_u))', height: 'calc(16 * var(--_u))' },
  '.cm-search .count': { minWidth: '12ch', padding: '0 6px', color: 'var(--_text-secondary)', fontVariantNumeric: 'tabular-nums' },
  // Over the code, so that nothing moves while somebody types.
  '.cm-search > .problem': { position: 'absolute', insetBlockStart: '100%', insetInline: '0', margin: '0', padding: '4px 8px', borderBlockEnd: '1px solid var(--_failed)', background: 'var(--_failed-soft)', color: 'var(--_failed)', lineHeight: 'calc(20 * var(--_u))', overflowWrap: 'anywhere' },
});
