import { css } from 'lit';

export const builderStyles = css`
  :host { display: block; height: var(--fapi-builder-height, 640px); min-height: 320px; container-type: inline-size !important; background: none; }
  fapi-editor { --fapi-editor-height: 100%; height: 100%; background: var(--_surface); }
  .notice { max-width: none; background: var(--_surface); }
  .side { display: flex; flex-direction: column; height: 100%; }
  .tabs { display: flex; flex: none; flex-wrap: wrap; overflow: clip; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); }
  .tabs > button { flex: 1 0 auto; min-height: calc(36 * var(--_u)); margin-block-end: -1px; padding: 0 3px; font-size: var(--_size-12); border: 0; border-radius: 0; }
  .tabs > button[aria-selected='true'] { color: var(--_text); box-shadow: inset 0 -2px var(--_accent); }
  .tabs > button:focus-visible { outline-offset: -3px; }
  .panel { flex: 1; min-height: 0; overflow: auto; }
  .panel > slot > fapi-logs { height: 100%; --fapi-logs-height: 100%; }
  .panel > slot > fapi-preview { --fapi-preview-height: 100%; }
  .view { display: flex; align-items: center; gap: 2px; }
  .view > button[aria-pressed='false'] { color: var(--_grey-9); }
  @container (width < max(900px, 56.25rem)) { .view > :not([data-commands]) { display: none; } }
  dialog.keys { width: min(440px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); padding: 0 0 12px; overflow: auto; border: 1px solid var(--_line); border-radius: var(--_radius-panel); background: var(--_surface); color: var(--_text); box-shadow: var(--_shadow); }
  dialog.keys::backdrop { background: oklch(20% 0.02 265 / 0.2); }
  .keys > header { display: flex; align-items: center; justify-content: space-between; padding-block: 12px 8px; padding-inline: 20px 12px; }
  .keys h2 { font-size: var(--_size-14); }
  .keys dl > div { display: flex; justify-content: space-between; gap: 24px; padding: 6px 20px; }
  .keys kbd { font: var(--_size-12) / calc(20 * var(--_u)) var(--_font-mono); color: var(--_text-secondary); white-space: nowrap; }
  @media (forced-colors: active) { .tabs > button[aria-selected='true'] { outline: 1px solid Highlight; outline-offset: -3px; } }
`;
