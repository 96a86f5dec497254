import { EditorView } from '@codemirror/view';

/** One by one: all of them in `text-decoration` is nothing to WebKit. */
const wave = (color: string) => ({ backgroundImage: 'none', textDecorationLine: 'underline', textDecorationStyle: 'wavy', textDecorationThickness: '1px', textDecorationColor: color, textUnderlineOffset: '3px', textDecorationSkipInk: 'none', paddingBottom: '0' });
/** CodeMirror's markers are data: images, which a strict policy refuses: these are shapes. */
const marker = (color: string, clipPath: string) => ({ content: '""', width: '9px', height: '9px', margin: '0 auto', background: color, clipPath });

/** The look of the editor, from the same tokens as everything else. */
export const codeTheme = EditorView.theme({
  '&': { height: '100%', color: 'var(--_code-text)', backgroundColor: 'var(--_code-surface)', fontSize: 'var(--_code-size)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--_font-mono)', lineHeight: 'max(20px, 1.5384em)', fontVariantLigatures: 'none' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--_accent)' },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--_accent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--_code-selection)' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--_code-line)' },
  '.cm-gutters': { backgroundColor: 'var(--_code-surface)', color: 'var(--_code-gutter)', border: 'none', fontVariantNumeric: 'tabular-nums' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 0', minWidth: '28px' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--_code-text)' },
  '.cm-foldGutter .cm-gutterElement': { width: '16px', textAlign: 'center', cursor: 'pointer', opacity: '0', transition: 'opacity var(--_fast)' },
  '.cm-gutters:hover .cm-foldGutter .cm-gutterElement': { opacity: '1' },
  '.cm-fold-open': { display: 'inline-block', rotate: '90deg' },
  '.cm-foldPlaceholder': { border: '0', padding: '0 4px', background: 'var(--_hover)', color: 'var(--_text-secondary)' },
  '.cm-gutter-lint': { width: '16px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: 'calc(.5lh - 5px) 2px 0' },
  '.cm-lint-marker-error': marker('var(--_failed)', 'polygon(50% 0, 100% 100%, 0 100%)'),
  '.cm-lint-marker-warning': marker('var(--_working)', 'polygon(50% 0, 100% 50%, 50% 100%, 0 50%)'),
  '.cm-lint-marker-info': marker('var(--_asleep)', 'circle(50%)'),
  '.cm-lint-marker-hint': marker('var(--_asleep)', 'circle(35%)'),
  '.cm-lintRange-error': wave('var(--_failed)'),
  '.cm-lintRange-warning': wave('var(--_working)'),
  '.cm-lintRange-info, .cm-lintRange-hint': wave('var(--_asleep)'),
  '.cm-lintPoint:after': { display: 'none' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--_line-control)', borderRadius: '2px' },
  '.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--_failed)', borderRadius: '2px' },
});
