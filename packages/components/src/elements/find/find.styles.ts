import { css } from 'lit';

export const findStyles = css`
  :host { --_display: flex; flex-direction: column; min-width: 0; height: 100%; background: var(--_surface-sunken); }
  .root { display: flex; flex-direction: column; height: 100%; min-height: 0; }
  header { display: flex; align-items: center; height: calc(36 * var(--_u)); flex: none; padding-block: 0; padding-inline: 16px 4px; }
  header > h2 { flex: 1; font-size: var(--_size-12); font-weight: 600; color: var(--_text-secondary); }
  form { display: grid; gap: 4px; flex: none; padding-block: 0 8px; padding-inline: 12px 8px; }
  .line { display: flex; align-items: center; gap: 2px; }
  .line > input { flex: 1; width: 0; font-size: var(--_size-12); margin-inline-end: 2px; }
  button[aria-pressed='true'], button[aria-expanded='true'] { background: var(--_accent-soft); color: var(--_accent); }
  .line > [data-replace-all] { font-size: var(--_size-12); }
  .problem { font-size: var(--_size-12); color: var(--_failed); }
  .hint, .count { flex: none; padding: 4px 16px; font-size: var(--_size-12); }
  .results { flex: 1; min-height: 0; overflow: auto; padding-block-end: 8px; }
  .results[data-old] { opacity: 0.6; }
  .group > .head { position: sticky; inset-block-start: 0; z-index: 1; display: flex; background: var(--_surface-sunken); }
  button.row { justify-content: flex-start; gap: 8px; width: 100%; min-width: 0; min-height: 24px; border: 0; border-radius: 0; font-size: var(--_size-12); color: var(--_text); text-align: start; }
  button.row:focus-visible { outline-offset: -2px; }
  button.file { font-weight: 600; padding-block: 0; padding-inline: 16px 8px; justify-content: space-between; }
  button.match { padding-block: 0; padding-inline: 12px 8px; }
  .match > .line { display: block; flex: none; min-width: 4ch; text-align: end; }
  .match > .text { white-space: pre; text-align: left; }
  mark { background: light-dark(oklch(93% 0.06 85), oklch(36% 0.06 80)); color: inherit; border-radius: 2px; }
  del { color: var(--_failed); background: var(--_failed-soft); border-radius: 2px; }
  ins { color: var(--_live); text-decoration: none; border-radius: 2px; }
  .more { margin: 4px 16px; font-size: var(--_size-12); }
  .replaced { flex: none; max-height: 40%; overflow: auto; padding-block: 4px; padding-inline: 16px 8px; border-block-start: 1px solid var(--_line); font-size: var(--_size-12); }
  .replaced > summary { min-height: 24px; line-height: calc(24 * var(--_u)); cursor: pointer; }
  .replaced li { display: flex; align-items: center; justify-content: space-between; gap: 8px; min-height: 24px; }
  .undo-all { flex: none; align-self: flex-start; margin: 0 16px 8px; font-size: var(--_size-12); }
  @media (forced-colors: active) {
    button[aria-pressed='true'] { outline: 2px solid Highlight; outline-offset: -2px; }
    mark { background: Highlight; color: HighlightText; forced-color-adjust: none; }
    ins { text-decoration: underline; }
  }
`;
