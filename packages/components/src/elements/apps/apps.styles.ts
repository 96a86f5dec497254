import { css } from 'lit';

export const appsStyles = css`
  :host { container-type: inline-size !important; --_display: flex; flex-direction: column; min-height: 0; overflow: hidden; }
  .root { display: flex; flex-direction: column; flex: 1; min-height: 0; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; flex: none; padding: 12px 16px; }
  header > h2 { display: flex; align-items: baseline; gap: 6px; flex: 1 1 auto; font-size: var(--_size-14); }
  header > h2 > .number { font-weight: 400; color: var(--_text-secondary); font-size: var(--_size-12); }
  header > .search { flex: 1 1 100%; order: 1; min-height: var(--_control); }
  .bar > .bar { flex: 1 1 24ch; min-width: 0; min-height: 0; padding: 0; border: 0; }
  .list { flex: 1; min-height: 0; overflow: auto; padding: 0 8px 8px; }
  .open { display: block; width: 100%; min-width: 0; padding: 0; border: 0; border-radius: 0; background: none; color: var(--_text); text-align: start; text-decoration: none; user-select: auto; font: inherit; cursor: pointer; }
  .open:hover { color: var(--_text); background: none; }
  .open::after { content: ''; position: absolute; inset: 0; border-radius: var(--_radius-panel); }
  .open:focus-visible { outline: none; }
  .open:focus-visible::after { outline: 2px solid var(--_accent); outline-offset: -2px; }
  .title { display: block; font-weight: 600; font-size: var(--_size-13); }
  .facts { display: flex; flex-wrap: wrap; gap: 0 12px; min-width: 0; }
  .facts .word { font-weight: 400; color: var(--_text-secondary); }
  .row { position: relative; min-width: 0; border-radius: var(--_radius-panel); transition: background-color var(--_fast) ease-out; }
  .row:hover { background: var(--_hover); }
  .row:has([aria-current]) { background: var(--_accent-soft); }
  .cell { min-width: 0; font-size: var(--_size-12); }
  .acts > button { position: relative; z-index: 1; }
  .asked { padding: 4px 8px 12px; }
  .menu > button { gap: 8px; }
  .menu .icon { --_i: 14; }
  .pill { max-width: 100%; }
  .pill > .word { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  [role='rowgroup'] { content-visibility: auto; contain-intrinsic-size: auto 56px; }

  .list[data-view='cards'] > [role='rowgroup'] > .row { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 8px; padding-block: 8px; padding-inline: 12px 8px; }
  .list[data-view='cards'] .cell.main { grid-column: 1; }
  .list[data-view='cards'] .cell.acts { grid-column: 2; grid-row: 1 / span 2; }
  .list[data-view='cards'] .cell:is(.draft, .saved, .deployed) { grid-column: 1; }
  .list[data-view='cards'] .cell:empty { display: none; }
  .list[data-view='cards'] .heads { display: none; }
  /* What is not live yet is said wherever there is room for a name. */
  @container (width < max(320px, 20rem)) { .list[data-view='cards'] .cell:is(.draft[data-settled], .saved, .deployed) { display: none; } }
  @container (width >= max(640px, 40rem)) {
    header { flex-wrap: nowrap; }
    header > .search { flex: 0 1 240px; order: 0; }
    .list[data-view='cards'] { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 12px; align-content: start; padding: 4px 16px 16px; }
    .list[data-view='cards'] > [role='rowgroup'] { border: 1px solid var(--_line); border-radius: var(--_radius-panel); background: var(--_surface-raised); }
    .list[data-view='cards'] > [role='rowgroup'] > .row { padding-block: 12px; padding-inline: 16px 12px; gap: 2px 8px; }
    .list[data-view='cards'] > [role='rowgroup']:has([aria-current]) { border-color: var(--_accent); background: var(--_accent-soft); }
    .list[data-view='cards'] > .more-apps { grid-column: 1 / -1; justify-self: start; }
  }
  .list[data-view='table'] .row { display: grid; grid-template-columns: minmax(120px, 2fr) minmax(0, 1.1fr) minmax(0, 1fr) minmax(0, 1.4fr) 28px; align-items: center; gap: 0 16px; min-height: calc(44 * var(--_u)); padding: 4px 8px; border-radius: 0; border-block-end: 1px solid var(--_line); }
  .list[data-view='table'] .heads { min-height: calc(28 * var(--_u)); color: var(--_text-secondary); background: none; }
  .list[data-view='table'] .lead { display: none; }
  @container (width < max(640px, 40rem)) {
    .list[data-view='table'] .row { grid-template-columns: minmax(0, 1fr) auto 28px; }
    .list[data-view='table'] .cell:is(.saved, .deployed) { display: none; }
  }
  .more-apps { margin: 8px; }
  .deleted > li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; align-items: center; padding: 8px 12px; border-block-end: 1px solid var(--_line); }
  .deleted > li > .secondary { grid-row: 2; font-size: var(--_size-12); }
  .deleted > li > button { grid-row: 1 / span 2; grid-column: 2; }
  .notice:has(.starts) { max-width: none; justify-items: stretch; }
  .starts { flex: 1 1 100%; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr)); gap: 8px; }
  .starts > button { display: grid; align-content: start; justify-content: stretch; gap: 2px; padding: 10px 12px; white-space: normal; text-align: start; overflow-wrap: anywhere; }
  .starts small { font-size: var(--_size-12); color: var(--_text-secondary); }
  footer { flex: none; padding: 4px 8px; border-block-start: 1px solid var(--_line); }
  footer > button { font-size: var(--_size-12); }

  dialog { width: min(480px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); padding: 0; overflow: auto; border: 1px solid var(--_line); border-radius: var(--_radius-panel); background: var(--_surface); color: var(--_text); box-shadow: var(--_shadow); }
  dialog::backdrop { background: oklch(20% 0.02 265 / 0.45); }
  dialog > form { display: grid; gap: 16px; padding: 20px; }
  dialog h2 { font-size: var(--_size-16); }
  dialog input[name='name'] { min-height: var(--_control); }
  fieldset { display: grid; gap: 4px; margin: 0; padding: 0; border: 0; min-width: 0; }
  legend { padding: 0 0 4px; font-size: var(--_size-12); color: var(--_text-secondary); }
  .starter { display: grid; grid-template-columns: 20px minmax(0, 1fr); gap: 0 4px; padding: 8px; border: 1px solid var(--_line); border-radius: var(--_radius); cursor: pointer; }
  .starter:has(:checked) { border-color: var(--_accent); background: var(--_accent-soft); }
  .starter > input { min-height: 0; margin: 3px 0 0; accent-color: var(--_accent); }
  .starter > small { grid-column: 2; font-size: var(--_size-12); color: var(--_text-secondary); }
  dialog .actions { justify-content: flex-end; }
  .create .actions { display: flex; gap: 8px; }
  @media (forced-colors: active) {
    .starts small { color: inherit; }
    .row:has([aria-current]) { outline: 1px solid Highlight; outline-offset: -1px; }
  }
  .skeleton.whole { grid-template-columns: repeat(auto-fill, minmax(min(280px, 100%), 1fr)); }
  .whole > span { width: auto; height: calc(104 * var(--_u)); border: 1px solid var(--_line); border-radius: var(--_radius-panel); background: var(--_bar) 16px 20% / 48% 12px, var(--_bar) 16px 50% / 64% 8px, var(--_bar) 16px 75% / 56% 8px; }
`;
