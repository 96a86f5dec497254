import { css } from 'lit';

export const deployStatusStyles = css`
  :host { container-type: inline-size !important; }
  header { display: flex; align-items: center; gap: 8px; height: calc(36 * var(--_u)); padding-block: 0; padding-inline: 16px 8px; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); font-size: var(--_size-12); }
  header > h2 { font-size: var(--_size-12); color: var(--_text-secondary); }
  header > .grow { flex: 1; }
  header > button { min-height: 24px; padding: 0 8px; font-size: var(--_size-12); }
  header > button > .icon { --_i: 14; }
  .headline { display: flex; align-items: center; gap: 8px; padding: 16px 16px 8px; font-size: var(--_size-16); font-weight: 600; line-height: calc(24 * var(--_u)); }
  .headline > .shape { --_i: 14; }
  .steps { padding: 0 16px 12px; }
  .steps > li { position: relative; display: flex; flex-wrap: wrap; align-items: center; gap: 0 10px; min-height: 24px; padding-inline-start: 1px; color: var(--_text-secondary); }
  .steps > li > .word { flex: 1; }
  .steps > li + li::before { content: ''; position: absolute; inset-inline-start: 6px; inset-block-start: -5px; width: 1px; height: 10px; background: var(--_line-control); }
  .steps > li > .shape { width: 10px; height: 10px; margin: 0 1px; }
  .steps > li[data-state='todo'] > .shape { color: var(--_grey-8); }
  .steps > li[data-state='done'] { color: var(--_text); }
  .steps > li[data-state='now'], .steps > li[data-state='failed'] { color: var(--_text); font-weight: 600; }
  .steps > li > .number { font-weight: 400; font-size: var(--_size-12); }
  .steps > li > .note { flex: 1 1 100%; padding-inline-start: 22px; font-weight: 400; font-size: var(--_size-12); }
  .failure { display: grid; gap: 8px; margin: 0 16px 16px; padding-block: 12px; padding-inline: 12px 0; border-inline-start: 2px solid var(--_failed); }
  .failure[data-past] { margin-block-start: 16px; border-inline-start-color: var(--_working); }
  footer + .failure[data-past] { margin-block-start: 8px; }
  .failure[data-past] .message { background: var(--_surface-sunken); }
  .failure[data-earlier] { border-inline-start-color: var(--_line-control); }
  .failure[data-earlier] .message { background: var(--_surface-sunken); }
  .given { padding: 8px 16px; border-block-start: 1px solid var(--_line); }
  .earlier { padding: 8px 0; border-block-start: 1px solid var(--_line); }
  .earlier > summary { padding-inline: 16px; }
  .earlier > .failure[data-past] { margin-block-start: 8px; }
  .origin { padding: 0 16px 8px; font-size: var(--_size-12); overflow-wrap: anywhere; }
  .failure > * { min-width: 0; }
  .failure h3 { font-size: var(--_size-12); color: var(--_text-secondary); margin-block-start: 4px; }
  .failure .message { overflow-wrap: anywhere; white-space: pre-wrap; font-size: var(--_size-12); padding: 8px; border-radius: var(--_radius); background: var(--_failed-soft); }
  .failure .note { display: block; margin-block-start: 4px; }
  .failure .facts { font-size: var(--_size-12); }
  .failure > .way-back { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; }
  .failure .findings { margin-inline-start: -12px; }
  .frames > li { display: flex; flex-wrap: wrap; align-items: center; gap: 0 8px; font-size: var(--_size-12); }
  .frames > li > .mono { min-width: 0; overflow-wrap: anywhere; text-align: start; white-space: normal; }
  .frames > li > code { flex: 1 1 100%; padding: 4px 8px; border-radius: var(--_radius); background: var(--_surface-sunken); overflow-x: auto; white-space: pre; }
  .frames > li + li { margin-block-start: 4px; }
  .hint { color: var(--_text); }
  summary { min-height: 24px; line-height: calc(24 * var(--_u)); cursor: pointer; font-size: var(--_size-12); color: var(--_text-secondary); }
  pre { max-height: 160px; overflow: auto; padding: 8px; border-radius: var(--_radius); background: var(--_surface-sunken); font: var(--_size-12) / calc(18 * var(--_u)) var(--_font-mono); direction: ltr; text-align: left; }
  footer { display: flex; align-items: center; gap: 4px; padding-block: 8px; padding-inline: 16px 8px; border-block-start: 1px solid var(--_line); }
  footer > .url { flex: 1; display: flex; align-items: center; gap: 6px; min-width: 0; min-height: 24px; font-size: var(--_size-12); text-decoration: none; }
  footer > .url > .mono { min-width: 0; overflow-wrap: anywhere; }
  footer > .url > .icon { --_i: 14; }
  footer > button { flex: none; font-size: var(--_size-12); padding: 0 8px; }
  footer > button > .icon { --_i: 14; }
  .whole > span { background: radial-gradient(circle, var(--_grey-3) 5px, transparent 6px) no-repeat 0 / 12px, var(--_bar) 24px / 100%; }
  .whole > :nth-child(2) { width: 44%; height: 20px; margin-block-end: 4px; background: var(--_bar); }
`;
