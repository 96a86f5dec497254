import { css } from 'lit';

export const logsStyles = css`
  header { display: flex; align-items: center; gap: 8px; height: 36px; padding-block: 0; padding-inline: 16px 8px; background: var(--_surface-sunken); border-block: 1px solid var(--_line); font-size: var(--_size-12); }
  header > .grow { flex: 1; }
  header > button { min-height: 24px; font-size: var(--_size-12); }
  h2 { font-size: var(--_size-12); color: var(--_text-secondary); }
  .lines { max-height: var(--fapi-logs-height, 240px); overflow: auto; padding: 8px 16px; font: var(--_size-12) / 18px var(--_font-mono); direction: ltr; text-align: left; }
  .lines:focus-visible { outline-offset: -2px; }
  .line { display: flex; gap: 12px; }
  .line > time { flex: none; font-variant-numeric: tabular-nums; }
  .line > span { min-width: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  .folded > summary { min-height: 24px; padding-inline-start: 2px; line-height: 24px; color: var(--_text-secondary); cursor: pointer; }
  .line[data-stream='stderr'] > span { color: var(--_failed); }
  .line[data-stream='system'] > span { color: var(--_text-secondary); font-style: italic; }
`;
