import { css } from 'lit';

export const tryStyles = css`
  :host { container-type: inline-size !important; }
  .split { display: grid; grid-template-columns: minmax(0, 1fr); }
  .side { display: flex; flex-direction: column; min-width: 0; border-block-end: 1px solid var(--_line); background: var(--_surface-sunken); }
  .side > .search { padding: 8px; }
  .side ul { max-height: 216px; overflow: auto; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; min-height: calc(36 * var(--_u)); padding-block: 0; padding-inline: 16px 8px; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); }
  header > .grow { flex: 1; }
  header > button { min-height: 24px; padding: 0 8px; font-size: var(--_size-12); }
  h2, h3, summary { font-size: var(--_size-12); font-weight: 600; color: var(--_text-secondary); }
  button.operation { display: grid; grid-template-columns: 56px minmax(0, 1fr); justify-content: stretch; align-items: baseline; gap: 0 8px; width: 100%; min-height: var(--_row); padding-block: 4px; padding-inline: 16px 8px; border-radius: 0; text-align: start; white-space: normal; color: var(--_text); }
  button.operation, button.entry { transition: none; }
  button.operation[aria-current] { background: var(--_accent-soft); }
  button.operation:focus-visible, button.entry:focus-visible { outline-offset: -2px; }
  .operation > .path { overflow-wrap: anywhere; }
  .operation > .summary { grid-column: 2; font-size: var(--_size-12); color: var(--_text-secondary); overflow-wrap: anywhere; }
  .operation[data-deprecated] > .path { text-decoration: line-through; }
  .method { font-size: var(--_size-12); font-weight: 600; }
  .hint { padding: 8px 16px; font-size: var(--_size-12); color: var(--_text-secondary); }
  form { display: grid; gap: 16px; padding: 16px; }
  fieldset { display: grid; gap: 12px; min-width: 0; margin: 0; padding: 0; border: 0; }
  legend { margin-block-end: 8px; padding: 0; font-size: var(--_size-12); font-weight: 600; color: var(--_text-secondary); }
  .address { display: flex; flex-wrap: wrap; align-items: baseline; gap: 8px; font-size: var(--_size-13); overflow-wrap: anywhere; }
  .free { display: grid; grid-template-columns: 112px minmax(0, 1fr); gap: 8px; }
  label { display: grid; gap: 4px; min-width: 0; font-size: var(--_size-12); color: var(--_text-secondary); }
  label .name { color: var(--_text); font-weight: 600; overflow-wrap: anywhere; }
  input, select, textarea { width: 100%; font-size: var(--_size-13); color: var(--_text); }
  select, textarea { min-height: var(--_row); min-width: 0; margin: 0; padding: 4px 8px; border: 1px solid var(--_line-control); border-radius: var(--_radius); background: var(--_surface-raised); font: inherit; font-size: var(--_size-13); }
  input[type='file'] { padding: 2px 8px; font-size: var(--_size-12); }
  textarea:disabled { color: var(--_text-secondary); background: transparent; }
  textarea { resize: vertical; font: var(--_size-12) / calc(18 * var(--_u)) var(--_font-mono); }
  select:focus-visible, textarea:focus-visible { outline: 2px solid var(--_accent); outline-offset: -1px; }
  details > summary { min-height: 24px; line-height: calc(24 * var(--_u)); cursor: pointer; }
  details > :not(summary) { margin-block-start: 8px; }
  .actions { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
  .problem { color: var(--_failed); font-size: var(--_size-12); }
  .answer { border-block-start: 1px solid var(--_line); }
  .facts { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; padding: 8px 16px; font-size: var(--_size-12); }
  .answer > details { padding: 4px 16px; }
  .answer dl { display: grid; grid-template-columns: minmax(80px, 30%) minmax(0, 1fr); gap: 2px 12px; font-size: var(--_size-12); }
  .answer dt { color: var(--_text-secondary); overflow-wrap: anywhere; }
  .answer dd { overflow-wrap: anywhere; }
  pre { max-height: 400px; overflow: auto; margin: 8px 16px 16px; padding: 12px; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface-sunken); font: var(--_size-12) / calc(18 * var(--_u)) var(--_font-mono); white-space: pre-wrap; overflow-wrap: anywhere; direction: ltr; text-align: left; }
  canvas { display: block; max-width: calc(100% - 32px); margin: 8px 16px 16px; border: 1px solid var(--_line); border-radius: var(--_radius); }
  button.entry { display: flex; flex-wrap: wrap; justify-content: flex-start; gap: 4px 12px; width: 100%; padding: 4px 16px; border-radius: 0; text-align: start; white-space: normal; color: var(--_text); }
  button.entry { font-size: var(--_size-12); }
  .entry > .path { flex: 1 1 12ch; min-width: 0; overflow-wrap: anywhere; }
  @container (width >= max(720px, 45rem)) {
    .split { grid-template-columns: 264px minmax(0, 1fr); }
    .side { border-block-end: 0; border-inline-end: 1px solid var(--_line); }
    .side ul { max-height: 560px; }
  }
  @media (forced-colors: active) {
    .operation > .summary, .entry > .secondary { color: inherit; }
    button.operation[aria-current] { outline: 2px solid Highlight; outline-offset: -2px; }
  }
  .whole > span { max-width: 232px; background: var(--_bar) 0 / 40px, var(--_bar) 56px / 100%; }
  @container (width >= max(640px, 40rem)) { .skeleton.whole { min-height: 240px; align-content: start; background: linear-gradient(var(--_line) 0 0) no-repeat 263px / 1px; } }
`;
