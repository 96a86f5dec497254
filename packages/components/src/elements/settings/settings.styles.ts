import { css } from 'lit';

export const settingsStyles = css`
  header { display: flex; align-items: center; gap: 8px; min-height: calc(36 * var(--_u)); padding-block: 0; padding-inline: 16px 8px; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); }
  header > .grow { flex: 1; }
  header > button { min-height: 24px; padding: 0 8px; font-size: var(--_size-12); }
  h2 { font-size: var(--_size-12); color: var(--_text-secondary); }
  .variables > li { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 2px 8px; min-height: calc(44 * var(--_u)); padding-block: 6px; padding-inline: 16px 8px; border-block-end: 1px solid var(--_line); }
  .variables .name { overflow-wrap: anywhere; font-size: var(--_size-12); font-weight: 600; }
  .variables .fact { grid-column: 1; font-size: var(--_size-12); overflow-wrap: anywhere; }
  .variables .acts { grid-row: 1 / span 2; grid-column: 2; display: flex; gap: 4px; }
  .variables .asks { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; }
  .variables .asks > p { flex: 1 1 100%; overflow-wrap: anywhere; }
  form { display: grid; gap: 12px; padding: 16px; border-block-end: 1px solid var(--_line); background: var(--_surface-sunken); }
  form h3 { font-size: var(--_size-13); overflow-wrap: anywhere; }
  label { display: grid; gap: 4px; font-size: var(--_size-12); color: var(--_text-secondary); }
  label.check { display: flex; align-items: center; gap: 8px; min-height: 24px; color: var(--_text); }
  input[type='checkbox'] { width: calc(16 * var(--_u)); min-height: calc(16 * var(--_u)); margin: 0; accent-color: var(--_accent); }
  input, select, textarea { width: 100%; font-size: var(--_size-13); color: var(--_text); }
  input.mono, textarea { font-family: var(--_font-mono); font-size: var(--_size-12); }
  select, textarea { min-height: var(--_row); margin: 0; padding: 4px 8px; border: 1px solid var(--_line-control); border-radius: var(--_radius); background: var(--_surface-raised); font: inherit; font-size: var(--_size-13); }
  textarea { resize: vertical; line-height: calc(18 * var(--_u)); }
  textarea[data-secret] { -webkit-text-security: disc; }
  select:focus-visible, textarea:focus-visible { outline: 2px solid var(--_accent); outline-offset: -1px; }
  .limits { margin: 0; padding: 8px 16px; font-size: var(--_size-12); }
  .limits > div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 8px; min-height: 24px; }
  .limits dt { color: var(--_text-secondary); }
  .limits dd { margin: 0; }
  .running { display: grid; gap: 12px; padding: 12px 16px; font-size: var(--_size-12); border-block-end: 1px solid var(--_line); }
  .running label:not(.check) { max-width: 48ch; grid-template-columns: minmax(0, 1fr) minmax(0, 16ch); align-items: center; gap: 4px 8px; }
  .running .check { font-size: var(--_size-13); }
  .running .check + p, .rule { padding-inline-start: calc(16 * var(--_u) + 8px); }
  .rule { display: grid; gap: 8px; }
  .rule .problem { grid-column: 1 / -1; }
  .actions { display: flex; flex-wrap: wrap; gap: 8px; }
  .problem { color: var(--_failed); font-size: var(--_size-12); }
  .pasted { display: grid; gap: 4px; max-height: 320px; overflow: auto; }
  .pasted > li { display: flex; flex-wrap: wrap; align-items: center; gap: 0 8px; font-size: var(--_size-12); }
  .pasted > li > .mono { flex: 1 1 14ch; min-width: 0; overflow-wrap: anywhere; }
  .hints:not(:has(p)) { display: none; }
  .hints { font-size: var(--_size-12); color: var(--_text-secondary); }
  .hints > [data-over] { color: var(--_failed); }
  .count { padding: 4px 16px; font-size: var(--_size-12); }
  .section { border-block-start: 1px solid var(--_line); }
  summary { min-height: calc(36 * var(--_u)); padding: 0 16px; line-height: calc(36 * var(--_u)); font-size: var(--_size-12); font-weight: 600; color: var(--_text-secondary); background: var(--_surface-sunken); cursor: pointer; }
  .section > .text { padding: 4px 16px; font-size: var(--_size-12); }
  .section > .find { padding: 4px 16px; }
  .packages { max-height: 240px; overflow: auto; padding: 0 16px 8px; font-size: var(--_size-12); }
  .packages:focus-visible { outline-offset: -2px; }
  .packages > li { display: flex; justify-content: space-between; gap: 8px; min-height: 24px; align-items: center; }
  .danger .row { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 12px 16px; border-block-end: 1px solid var(--_line); }
  .danger .row > p { flex: 1 1 24ch; min-width: 0; overflow-wrap: anywhere; color: var(--_text-secondary); }
  .danger .row > p > * { display: block; }
  .danger .asks { display: flex; flex-wrap: wrap; gap: 8px; }
  .danger .asks > p { flex: 1 1 100%; overflow-wrap: anywhere; }
  @media (forced-colors: none) { .danger button:not(.quiet) { color: var(--_failed); border-color: var(--_failed); } }
  .issues { font-size: var(--_size-12); color: var(--_failed); }
`;
