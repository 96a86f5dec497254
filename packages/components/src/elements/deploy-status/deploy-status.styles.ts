import { css } from 'lit';

export const deployStatusStyles = css`
  :host { padding: 16px; }
  .head { display: flex; align-items: center; gap: 12px; min-height: 32px; }
  .head > h2 { flex: 1; min-width: 0; font-size: var(--_size-14); font-weight: 600; }
  .links { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-block-start: 8px; }
  .links > a { display: inline-flex; align-items: center; gap: 6px; min-height: 24px; color: var(--_accent); min-width: 0; overflow-wrap: anywhere; }
  ol.stages { margin: 12px 0 0; padding: 0; list-style: none; }
  .stage { display: grid; grid-template-columns: 16px 1fr auto; align-items: center; gap: 8px; min-height: var(--_row); }
  .stage > .mark { width: 8px; height: 8px; margin: 4px; border: 1.5px solid var(--_line-control); border-radius: 50%; box-sizing: border-box; }
  .stage[data-state='done'] > .mark { background: var(--_live); border-color: var(--_live); }
  .stage[data-state='now'] > .mark { border-color: var(--_working); box-shadow: 0 0 0 3px var(--_working-soft); }
  .stage[data-state='failed'] > .mark { background: var(--_failed); border-color: var(--_failed); border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
  .stage[data-state='todo'] { color: var(--_text-secondary); }
  .stage[data-state='now'] > .name, .stage[data-state='failed'] > .name { font-weight: 600; }
  .time { color: var(--_text-secondary); font-variant-numeric: tabular-nums; font-size: var(--_size-12); }
  .failure { margin-block-start: 16px; padding: 12px; border-inline-start: 3px solid var(--_failed); background: var(--_failed-soft); border-radius: 0 var(--_radius) var(--_radius) 0; }
  .failure h3 { font-size: var(--_size-13); font-weight: 600; overflow-wrap: anywhere; }
  .failure h4 { margin: 12px 0 4px; font-size: var(--_size-12); font-weight: 600; color: var(--_text-secondary); }
  .failure p { margin: 4px 0 0; }
  .frames { margin: 0; padding: 0; list-style: none; }
  .frames button { display: block; width: 100%; min-height: 24px; text-align: start; padding: 4px 6px; border: 0; }
  .frames code, .output { font-family: var(--_font-mono); font-size: var(--_size-12); }
  .frames code { display: block; color: var(--_text-secondary); overflow: hidden; text-overflow: ellipsis; white-space: pre; }
  .output { max-height: 220px; margin: 0; padding: 8px; overflow: auto; background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_radius); white-space: pre-wrap; overflow-wrap: anywhere; }
`;
