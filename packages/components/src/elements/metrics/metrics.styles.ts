import { css } from 'lit';

export const metricsStyles = css`
  :host { padding: 16px; container-type: inline-size; }
  h2 { font-size: var(--_size-14); font-weight: 600; min-height: 24px; }
  dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(96px, 1fr)); gap: 1px; margin: 12px 0 0; padding: 0; background: var(--_line); border-block: 1px solid var(--_line); }
  .tile { padding: 8px 12px 8px 0; background: var(--_surface); min-width: 0; }
  dt { color: var(--_text-secondary); font-size: var(--_size-12); }
  dd { margin: 2px 0 0; font-size: var(--_size-20); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
  .tile.wide { grid-column: 1 / -1; }
  .tile.wide > dd { font-size: var(--_size-14); }
  dd[data-tone='failed'] { color: var(--_failed); }
`;
