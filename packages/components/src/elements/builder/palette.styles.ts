import { css } from 'lit';

export const paletteStyles = css`
  :host { display: contents; }
  dialog { width: min(520px, calc(100vw - 32px)); max-height: min(480px, calc(100dvh - 32px)); margin: 12dvh auto auto; padding: 0; overflow: hidden; border: 1px solid var(--_line); border-radius: var(--_radius-panel); background: var(--_surface); color: var(--_text); font-family: var(--_font); font-size: var(--_size-13); line-height: calc(20 * var(--_u)); box-shadow: var(--_shadow); }
  dialog[open] { display: flex; flex-direction: column; }
  dialog::backdrop { background: oklch(20% 0.02 265 / 0.2); }
  input { flex: none; width: 100%; min-height: calc(44 * var(--_u)); padding: 0 16px; border: 0; border-block-end: 1px solid var(--_line); border-radius: 0; background: transparent; font-size: var(--_size-14); }
  input:focus-visible { outline: none; border-block-end-color: var(--_accent); }
  ul { flex: 1; min-height: 0; overflow: auto; padding: 4px; }
  li { display: flex; align-items: center; gap: 16px; min-height: calc(32 * var(--_u)); padding: 0 12px; border-radius: var(--_radius); cursor: pointer; }
  li:hover { background: var(--_hover); }
  li[aria-selected='true'] { background: var(--_accent-soft); }
  li > .truncate { flex: 1; }
  kbd { font: var(--_size-12) / calc(16 * var(--_u)) var(--_font-mono); color: var(--_text-secondary); }
  p { padding: 8px 16px 12px; }
  @media (forced-colors: active) { li[aria-selected='true'] { outline: 1px solid Highlight; outline-offset: -1px; } }
`;
