import { css } from 'lit';

/** A file that differs, line by line; its edges are those of what holds it. */
export const changedFileStyles = css`
  .counts > ins { color: var(--_live); }
  .counts > del { color: var(--_failed); }
  .file-head code { min-width: 0; overflow-wrap: anywhere; font-size: var(--_size-12); }
  .file-head { display: flex; align-items: center; gap: 8px; min-height: calc(32 * var(--_u)); padding-block: 0; padding-inline: 10px 16px; font-size: var(--_size-12); list-style: none; }
  div.file > .file-head { padding-inline-start: 32px; }
  div.file > p { padding-inline-start: 32px; }
  summary.file-head { cursor: pointer; }
  summary.file-head:hover { background: var(--_hover); }
  summary.file-head:focus-visible, .lines:focus-visible { outline-offset: -2px; }
  .file .twist > .icon { --_i: 14; transition: rotate var(--_fast) ease-out; }
  .file[open] > summary .twist > .icon { rotate: 90deg; }
  .file-head > .path { flex: 1; }
  .counts > ins, .counts > del { text-decoration: none; }
  .lines { overflow-x: auto; border-block: 1px solid var(--_line); background: var(--_surface-sunken); text-align: left; }
  .lines > div { width: max-content; min-width: 100%; }
  .line { display: flex; font: var(--_size-12) / calc(18 * var(--_u)) var(--_font-mono); white-space: pre; tab-size: 4; }
  .line > .no { flex: none; width: 5ch; padding-inline-end: 1ch; text-align: right; color: var(--_text-secondary); user-select: none; }
  .line > .sign { flex: none; width: 2ch; user-select: none; }
  .line > .text { padding-inline-end: 16px; }
  .line[data-kind='added'] { background: color-mix(in oklch, var(--_live) 12%, transparent); }
  .line[data-kind='removed'] { background: color-mix(in oklch, var(--_failed) 10%, transparent); }
  .line[data-kind='gap'] { color: var(--_text-secondary); border-block: 1px solid var(--_line); }
`;
