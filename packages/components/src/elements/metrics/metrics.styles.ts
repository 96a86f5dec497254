import { css } from 'lit';

export const metricsStyles = css`
  :host { container-type: inline-size !important; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 0 12px; min-height: calc(36 * var(--_u)); padding: 4px 16px; background: var(--_surface-sunken); border-block: 1px solid var(--_line); }
  h2 { flex: 1; font-size: var(--_size-12); color: var(--_text-secondary); }
  header > p { font-size: var(--_size-12); }
  .tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 12px 8px; margin: 0; padding: 16px; }
  .tile { min-width: 0; }
  .tile > dt { font-size: var(--_size-12); color: var(--_text-secondary); line-height: calc(16 * var(--_u)); }
  .tile > dd { font-size: var(--_size-20); font-weight: 600; line-height: calc(28 * var(--_u)); overflow: hidden; text-overflow: ellipsis; }
  .tile[data-tone] > dt::before { content: ''; display: inline-block; width: 8px; height: 8px; margin-inline-end: 6px; background: currentColor; }
  .tile[data-tone='live'] > dt::before { color: var(--_live); border-radius: 50%; }
  .tile[data-tone='working'] > dt::before { color: var(--_working); clip-path: polygon(50% 0, 100% 50%, 50% 100%, 0 50%); }
  .tile[data-tone='failed'] > dt::before { color: var(--_failed); clip-path: polygon(50% 0, 100% 100%, 0 100%); }
  .tile + .tile:not(.wide) { padding-inline-start: 12px; }
  .tile.wide { grid-column: 1 / -1; display: flex; align-items: baseline; gap: 8px; border-block-start: 1px solid var(--_line); padding-block-start: 12px; }
  .tile.wide > dd { font-size: var(--_size-13); font-weight: 400; line-height: calc(16 * var(--_u)); }
  @media (forced-colors: active) { .tile[data-tone] > dt::before { background: CanvasText; forced-color-adjust: none; } }
  @container (width < max(241px, 15.0625rem)) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
  .skeleton.whole { grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 8px; }
  .whole > span { width: auto; height: calc(44 * var(--_u)); border-radius: 0; background: var(--_bar) 0 10% / 72% 10px, var(--_bar) 0 90% / 40% 20px; }
  @container (width < max(241px, 15.0625rem)) { .skeleton.whole { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
`;
