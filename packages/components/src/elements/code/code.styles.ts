import { css } from 'lit';

export const codeStyles = css`
  :host {
    --_code-surface: var(--fapi-code-surface, var(--_surface));
    --_code-text: var(--fapi-code-text, var(--_text));
    --_code-gutter: var(--fapi-code-gutter, light-dark(oklch(52% 0.02 265), oklch(69% 0.019 268)));
    --_code-line: var(--fapi-code-line, var(--_grey-2));
    --_code-selection: var(--fapi-code-selection, light-dark(oklch(92% 0.045 281), oklch(32% 0.085 282)));
    --_code-match: var(--fapi-code-match, light-dark(oklch(94.5% 0.065 90), oklch(32% 0.06 80)));
    --_code-keyword: var(--fapi-code-keyword, light-dark(oklch(45% 0.17 300), oklch(79% 0.11 302)));
    --_code-string: var(--fapi-code-string, light-dark(oklch(44% 0.1 155), oklch(81% 0.1 150)));
    --_code-number: var(--fapi-code-number, light-dark(oklch(47% 0.13 40), oklch(81% 0.1 60)));
    --_code-comment: var(--fapi-code-comment, light-dark(oklch(50% 0.02 265), oklch(69% 0.02 268)));
    --_code-function: var(--fapi-code-function, light-dark(oklch(45% 0.14 255), oklch(80% 0.09 250)));
    --_code-type: var(--fapi-code-type, light-dark(oklch(46% 0.09 205), oklch(82% 0.08 200)));
    --_code-decorator: var(--fapi-code-decorator, light-dark(oklch(48% 0.13 15), oklch(80% 0.1 10)));
    --_code-punctuation: var(--fapi-code-punctuation, light-dark(oklch(42% 0.02 265), oklch(76% 0.015 268)));
    --_code-size: var(--fapi-code-size, var(--_size-13));
    position: relative; height: 100%; min-height: 80px; background: var(--_code-surface); direction: ltr;
  }
  .view { height: 100%; }
  .view:has(> .plain) { display: flex; flex-direction: column; }
  .plain { flex: none; padding: 8px 16px; border-block-start: 1px solid var(--_line); background: var(--_surface-sunken); color: var(--_text-secondary); font-size: var(--_size-12); }
  .view[data-stale] { animation: findings-pale 0s 400ms both; }
  .mirror:not(:empty) { height: 100%; }
  textarea {
    display: block; width: 100%; height: 100%; margin: 0; padding: 8px 16px 8px 56px; border: 0; resize: none; outline-offset: -2px;
    background: var(--_code-surface); color: var(--_code-text); font: var(--_code-size) / max(20px, 1.5384em) var(--_font-mono); white-space: pre; overflow: auto; tab-size: 4;
  }
  :host([wrap]) textarea { white-space: pre-wrap; }
  .tab-hint { position: absolute; inset-block-end: 8px; inset-inline-end: 16px; padding: 2px 8px; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface-raised); color: var(--_text-secondary); font-size: var(--_size-12); pointer-events: none; }
  /* The cursor stands still, and is there all the time. */
  @media (prefers-reduced-motion: reduce) { .cm-cursorLayer { animation: none !important; } }
  @media (forced-colors: active) { .cm-lintRange-error { text-decoration-color: Mark; } }
`;
