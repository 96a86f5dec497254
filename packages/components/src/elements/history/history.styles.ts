import { css } from 'lit';

export const historyStyles = css`
  :host { container-type: inline-size !important; }
  header { display: flex; align-items: center; gap: 8px; height: calc(36 * var(--_u)); padding: 0 16px; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); }
  h2 { font-size: var(--_size-12); color: var(--_text-secondary); }
  .revisions > li { display: grid; gap: 2px 8px; padding: 10px 16px; border-block-end: 1px solid var(--_line); }
  .revisions > li[data-live] { background: var(--_accent-soft); }
  .what { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px; min-width: 0; }
  .what > h3 { font-family: var(--_font-mono); }
  .failure { font-size: var(--_size-12); }
  .comment { overflow-wrap: anywhere; }
  .what > [data-generation] { font-size: var(--_size-12); }
  .facts { font-size: var(--_size-12); overflow-wrap: anywhere; }
  .acts { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; margin-block-start: 4px; }
  .acts:not([role='group']) { --_in: 8px; margin-inline-start: calc(-1 * var(--_in)); }
  .acts > button { min-height: 24px; padding: 0 8px; font-size: var(--_size-12); }
  .acts:not([role='group']) > button:not(.quiet) { margin-inline-start: var(--_in); }
  .acts > p { flex: 1 1 100%; }
  .acts .icon { --_i: 14; }
  header > h2 { flex: 1; }
  header > button { min-height: 24px; padding: 0 8px; font-size: var(--_size-12); }
  header .icon { --_i: 14; }
  .acts { gap: 4px 0; }
  .acts > button.quiet { padding: 0 6px; }
  @container (width < max(480px, 30rem)) {
    .acts:not([role='group']) { --_in: 5px; }
    .acts:not([role='group']) > button.quiet { padding: 0 4px; }
    .acts:not([role='group']) > button.quiet > .icon { display: none; }
  }
  .acts > form { flex: 1 1 100%; padding-inline-start: var(--_in); }
  .made { padding: 8px 16px; border-block-end: 1px solid var(--_line); font-size: var(--_size-12); overflow-wrap: anywhere; }
  .sides { display: flex; align-items: flex-end; gap: 8px; padding-block: 8px; padding-inline: 8px 16px; border-block-end: 1px solid var(--_line); }
  .sides > label { flex: 1 1 0; display: grid; min-width: 0; font-size: var(--_size-12); color: var(--_text-secondary); }
  .sides select { width: 100%; font-size: var(--_size-13); }
  .compare > .note { padding: 16px 16px 0; }
  .part { padding: 12px 16px; border-block-end: 1px solid var(--_line); }
  .part > h3 { margin-block-end: 4px; font-size: var(--_size-12); }
  .part > h3 > .number { font-weight: 400; }
  .part p, .part li { font-size: var(--_size-12); overflow-wrap: anywhere; }
  .part > ul > li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; min-height: 24px; }
  .part .mark { flex: none; width: 1ch; color: var(--_text-secondary); }
  [data-change='added'] > .mark { color: var(--_live); }
  [data-change='removed'] > .mark { color: var(--_failed); }
  .part code { min-width: 0; overflow-wrap: anywhere; font-size: var(--_size-12); }
  .part b { font-weight: 600; }
  .breaking { padding: 0 6px; border: 1px solid currentcolor; border-radius: var(--_radius); color: var(--_failed); font-size: var(--_size-12); line-height: calc(16 * var(--_u)); }
  .reasons { flex: 1 1 100%; padding-inline-start: calc(1ch + 8px); }
  .part > .file { margin-inline: -16px; }
  .more { display: block; margin: 12px 16px; }
`;
