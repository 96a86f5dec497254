import { css } from 'lit';

export const conflictStyles = css`
  :host { display: block; position: relative; height: 100%; min-height: 0; container-type: inline-size !important; direction: inherit; background: var(--_surface); }
  .root { display: flex; flex-direction: column; height: 100%; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; flex: none; padding-block: 8px; padding-inline: 16px 12px; border-block-end: 1px solid var(--_line); }
  header > .about { flex: 1 1 28ch; min-width: 0; display: flex; flex-wrap: wrap; gap: 0 12px; }
  header h3 { font-size: var(--_size-14); font-weight: 600; }
  header h3:focus { outline: none; }
  header p, .left { font-size: var(--_size-12); }
  .merged { overflow-wrap: anywhere; }
  .newer { flex: 1 1 100%; }
  .newer:empty { display: none; }
  button.primary[aria-disabled='true'] { background: var(--_surface-sunken); border: 1px solid var(--_line); color: var(--_text-secondary); }
  .parts { display: grid; grid-template-columns: 208px minmax(0, 1fr); flex: 1; min-height: 0; }
  nav { overflow: auto; padding: 4px; border-inline-end: 1px solid var(--_line); background: var(--_surface-sunken); }
  nav button.quiet { width: 100%; justify-content: space-between; padding: 0 8px; color: var(--_text); transition: none; }
  nav button.quiet[aria-current='true'] { background: var(--_accent-soft); font-weight: 600; }
  nav .mono { font-size: var(--_size-12); }
  nav .count { flex: none; min-width: 20px; padding: 0 6px; border-radius: 10px; background: var(--_working-soft); color: var(--_working); font-size: var(--_size-12); font-weight: 600; text-align: center; }
  nav .done { flex: none; color: var(--_live); }
  .file { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
  .place, .whole { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; flex: none; padding: 4px 8px; border-block-end: 1px solid var(--_line); }
  .whole { padding: 8px 16px; }
  .whole > p { flex: 1 1 28ch; }
  .place .back { display: grid; rotate: 180deg; }
  :host(:dir(rtl)) .place .icon-only { rotate: 180deg; }
  .place > .where { flex: 1 1 auto; font-size: var(--_size-12); }
  .where > .state { margin-inline-start: 8px; }
  .acts { display: flex; flex-wrap: wrap; gap: 4px; }
  .acts > button { font-size: var(--_size-12); }
  .acts > button[aria-pressed='true'] { border-color: var(--_accent); background: var(--_accent-soft); font-weight: 600; }
  .which { display: none; flex: none; border-block-end: 1px solid var(--_line); }
  .which > button { flex: 1; min-height: calc(32 * var(--_u)); border: 0; border-radius: 0; font-size: var(--_size-12); }
  .which > button[aria-pressed='true'] { color: var(--_text); font-weight: 600; box-shadow: inset 0 -2px var(--_accent); }
  .which > button:focus-visible { outline-offset: -3px; }
  .sides { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); flex: 1 1 45%; min-height: 96px; }
  .pane { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
  .sides > .pane + .pane { border-inline-start: 1px solid var(--_line); }
  .pane > h4 { flex: none; margin: 0; padding: 4px 12px; font-size: var(--_size-12); font-weight: 600; color: var(--_text-secondary); background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); }
  .pane > .view { flex: 1; min-height: 0; height: auto; overflow: hidden; direction: ltr; background: var(--_code-surface); }
  .pane[data-pane='result'] { flex: 1 1 55%; min-height: 96px; border-block-start: 2px solid var(--_line-control); }
  .pane[data-pane='result'] > h4 { color: var(--_text); }
  pre { flex: 1; min-height: 0; overflow: auto; margin: 0; padding: 12px 16px; font: var(--_code-size) / calc(20 * var(--_u)) var(--_font-mono); text-align: left; background: var(--_code-surface); }
  pre:focus-visible { outline-offset: -2px; }
  @container (width < max(720px, 45rem)) {
    .parts { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); }
    nav { border-inline-end: 0; border-block-end: 1px solid var(--_line); }
    nav > ul { display: flex; }
    nav li { flex: none; max-width: 60%; }
    .which { display: flex; }
    .sides { display: flex; }
    .sides > .pane { flex: 1; border: 0 !important; }
    .sides > .pane > h4 { display: none; }
    .sides[data-side='base'] > :not([data-pane='base']), .sides[data-side='theirs'] > :not([data-pane='theirs']), .sides[data-side='mine'] > :not([data-pane='mine']) { display: none; }
    header > .left { flex: 1 1 auto; }
    .place > .where > .state { display: block; margin: 0; }
  }
  @media (forced-colors: active) {
    .acts > button[aria-pressed='true'], .which > button[aria-pressed='true'], nav button[aria-current='true'] { outline: 2px solid Highlight; outline-offset: -2px; }
    .cm-place { outline: 1px dashed CanvasText; outline-offset: -1px; }
  }
`;
