import { css } from 'lit';

export const editorStyles = css`
  :host { container-type: inline-size !important; height: var(--fapi-editor-height, 640px); min-height: 320px; overflow: hidden; border: 1px solid var(--_line); border-radius: var(--_radius-panel); --_files: 208px; --_side: 400px; }
  .root { display: flex; flex-direction: column; height: 100%; overflow: hidden auto; }
  :host([data-drop]) .root { outline: 2px solid var(--_accent); outline-offset: -2px; }
  .toolbar { display: flex; align-items: center; gap: 12px; flex: none; height: calc(44 * var(--_u)); padding-block: 0; padding-inline: 16px 8px; border-block-end: 1px solid var(--_line); }
  .toolbar > .title { font-size: var(--_size-14); font-weight: 600; flex: none; max-width: 40%; }
  .toolbar > .facts { flex: 1 1 auto; display: flex; align-items: center; gap: 12px; min-width: 0; }
  .facts > .pill, .facts > .rollout { flex: none; }
  .facts > * + .rollout, .facts > * + .chip { position: relative; unicode-bidi: normal; }
  .facts > * + .rollout::before, .facts > * + .chip::before { content: ''; display: inline-block; width: 1px; height: calc(16 * var(--_u)); margin-inline-end: 12px; vertical-align: -4px; background: var(--_line); }
  .facts > * + button.rollout::before { margin-inline-end: 6px; }
  button.rollout { min-height: 24px; padding-block: 0; padding-inline: 0 4px; color: var(--_status); text-decoration-line: underline; text-decoration-style: dotted; text-decoration-color: var(--_line-control); text-underline-offset: 3px; }
  .facts > .url { display: inline-flex; align-items: center; gap: 6px; flex: 0 1000 auto; min-width: 24px; margin-inline-start: auto; min-height: 24px; color: var(--_text-secondary); text-decoration: none; font-size: var(--_size-12); }
  .facts > .url:hover { color: var(--_accent); }
  .facts > .url > .icon { --_i: 14; }
  .people { display: inline-flex; align-items: center; gap: 4px; flex: 0 1 auto; min-width: 16px; color: var(--_text-secondary); font-size: var(--_size-12); white-space: nowrap; }
  .people > .icon, .person > .icon { flex: none; --_i: 14; }
  .person { display: inline-flex; color: var(--_text-secondary); }
  .save { flex: none; }
  .save > .short { display: none; }
  .deploy { flex: none; min-width: 12em; }
  .deploy.stages { border-color: var(--_line); background: var(--_surface-sunken); color: var(--_text); }
  .deploy.stages, .deploy.done { padding: 0 4px; font-weight: 600; }

  .body { flex: 1; min-height: 148px; display: grid; --_before: var(--_files); --_after: var(--_side); grid-template-columns: var(--_before) minmax(0, 1fr); }
  .body[data-side] { grid-template-columns: var(--_before) minmax(0, 1fr) var(--_after); }
  @container (width >= max(720px, 45rem)) {
    .body[data-find] { --_before: max(var(--_files), 320px); }
    .body[data-no-files] { --_before: 0px; }
    .body[data-no-files] > .files { border: 0; }
    .body[data-no-files] > .files > :not(.separator), .body[data-no-side] > .side { display: none; }
    .body[data-no-side] { --_after: 0px; }
  }
  .instead { flex: 1; min-height: 0; }
  .pane { position: relative; min-width: 0; min-height: 0; }
  .pane.files { display: flex; flex-direction: column; border-inline-end: 1px solid var(--_line); background: var(--_surface-sunken); }
  .pane.files > fapi-file-tree { flex: 1 1 0; min-height: 128px; height: auto; }
  .pane.files > .size { flex: none; padding: 4px 16px; font-size: var(--_size-12); color: var(--_text-secondary); border-block-start: 1px solid var(--_line); }
  .pane.files > .since { flex: none; padding: 8px 16px; font-size: var(--_size-12); color: var(--_text-secondary); border-block-start: 1px solid var(--_line); }
  .since p { margin: 0; overflow-wrap: anywhere; }
  .since .lead::first-letter { text-transform: uppercase; }
  .since .lead { display: inline-block; }
  .size meter { width: 100%; height: 4px; }
  .size [data-status='failed'] { color: var(--_failed); }
  .pane.files > fapi-find { flex: 1 1 0; min-height: 0; }
  .routes { flex: 0 1 auto; min-height: calc(36 * var(--_u)); max-height: 50%; overflow: hidden; display: flex; flex-direction: column; border-block-start: 1px solid var(--_line); font-size: var(--_size-12); }
  button.routes-head { justify-content: flex-start; gap: 4px; width: 100%; min-height: calc(36 * var(--_u)); padding-block: 0; padding-inline: 10px 16px; border: 0; border-radius: 0; font-size: var(--_size-12); font-weight: 600; }
  button.routes-head:focus-visible, button.route:focus-visible { outline-offset: -2px; }
  .routes-line { display: flex; flex: none; align-items: center; }
  .routes-line > h2 { flex: 1; min-width: 0; }
  .routes-line > .icon-only { margin-inline: 0 6px; }
  .routes-head > .twist { color: var(--_grey-9); }
  .routes-head > .twist > .icon { --_i: 14; transition: rotate var(--_fast) ease-out; }
  .routes-head[aria-expanded='true'] > .twist > .icon { rotate: 90deg; }
  .routes-head > .number { margin-inline-start: auto; font-weight: 400; }
  .routes > ul { overflow: auto; padding: 0 4px 8px; }
  .routes > p { padding: 0 16px 12px; }
  .routes > .kept { padding-block-end: 4px; }
  .route, button.route { display: flex; align-items: center; justify-content: flex-start; gap: 8px; width: 100%; min-height: 24px; padding-block: 0; padding-inline: 12px 8px; border: 0; font-size: var(--_size-12); color: var(--_text); }
  .route > .method { flex: none; min-width: 6ch; text-align: start; color: var(--_text-secondary); }
  .routes[data-kept] .route > .path { color: var(--_text-secondary); }
  .readiness { display: inline-flex; align-items: center; gap: 4px; flex: none; color: var(--_text-secondary); font-size: var(--_size-12); white-space: nowrap; }
  .readiness > .icon { --_i: 14; }
  .readiness[data-state='preparing'] > * { animation: appear 0s 400ms both; }
  .pane.side { overflow: auto; border-inline-start: 1px solid var(--_line); background: var(--_surface); }
  .pane.code { display: flex; flex-direction: column; }
  .text { flex: 1; min-height: 0; }
  .separator { position: absolute; z-index: 3; inset-block: 0; inset-inline-end: -4px; width: 7px; cursor: col-resize; touch-action: none; }
  .separator.before { inset-inline: -4px auto; }
  .pane.code > .separator { inset-inline-end: -4px; }
  .body[data-no-files] > .files > .separator { inset-inline-end: -7px; }
  .body[data-no-side] > .code > .separator { inset-inline-end: 0; }
  .separator:hover { background: linear-gradient(to right, transparent 3px, var(--_line-control) 3px 5px, transparent 5px); }
  .separator:focus-visible { outline: none; background: linear-gradient(to right, transparent 2px, var(--_accent) 2px 5px, transparent 5px); }

  .tabs { flex: none; overflow: auto hidden; scrollbar-width: none; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); }
  .tabs > ul { display: flex; height: calc(36 * var(--_u)); }
  .tab { display: flex; align-items: center; flex: none; max-width: 240px; padding-inline-end: 6px; border-inline-end: 1px solid var(--_line); }
  .tab > .name { min-height: calc(36 * var(--_u)); padding-block: 0; padding-inline: 14px 4px; background: none; min-width: 0; border: 0; border-radius: 0; }
  .tab .folder { font-size: var(--_size-12); }
  .tab[data-active='true'] { position: relative; background: var(--_surface); margin-block-end: -1px; }
  .tab[data-active='true']::before { content: ''; position: absolute; inset: 0 0 auto; height: 2px; background: var(--_accent); }
  .tab[data-active='true'] > .name { color: var(--_text); font-weight: 600; }
  .tab > .name:focus-visible { outline-offset: -3px; }
  .tab > .close { width: calc(24 * var(--_u)); min-height: 24px; }
  .tab > .close > .icon { --_i: 14; }
  .tab:not([data-active='true']) > .close { opacity: 0; }
  .tab:hover > .close, .tab > .close:focus-visible { opacity: 1; }
  .dot { flex: none; width: 6px; height: 6px; border-radius: 50%; background: var(--_accent); }

  .tab[data-library] > .name { font-style: italic; }
  .tab[data-library] .icon { --_i: 14; }
  .library { display: flex; align-items: center; gap: 8px; flex: none; min-height: calc(28 * var(--_u)); padding: 4px 16px; border-block-end: 1px solid var(--_line); background: var(--_surface-sunken); color: var(--_text-secondary); font-size: var(--_size-12); }
  .library > .icon { --_i: 14; }
  .library > span { min-width: 0; overflow-wrap: anywhere; }
  .references { flex: none; max-height: 40%; display: flex; flex-direction: column; border-block-start: 1px solid var(--_line); font-size: var(--_size-12); }
  .references > header { display: flex; align-items: center; gap: 8px; flex: none; min-height: calc(32 * var(--_u)); padding-inline: 16px 8px; }
  .references > header > h2 { flex: 1; }
  .references > .lists { overflow: auto; padding-block-end: 4px; }
  .references h3 { padding: 4px 16px 2px; color: var(--_text-secondary); font-weight: 400; }
  button.reference { justify-content: flex-start; gap: 12px; width: 100%; min-height: 24px; padding: 0 16px; border: 0; border-radius: 0; color: var(--_text); font-size: var(--_size-12); }
  button.reference:focus-visible { outline-offset: -2px; }
  .reference > .line { flex: none; min-width: 4ch; color: var(--_text-secondary); text-align: end; }
  .reference mark { background: var(--_accent-soft); color: inherit; font-weight: 600; }
  .language { display: inline-flex; align-items: center; gap: 4px; flex: 0 1000 auto; min-width: 30px; min-height: 24px; padding-inline: 8px; color: var(--_text-secondary); }
  .language > .icon { --_i: 14; }

  .problems { flex: none; max-height: 40%; display: flex; flex-direction: column; border-block-start: 1px solid var(--_line); }
  .problems > .lists { overflow: auto; padding-block-end: 4px; }
  .problems-bar { display: flex; align-items: center; flex: none; min-height: calc(32 * var(--_u)); padding-inline-end: 8px; font-size: var(--_size-12); }
  button.problems-head { flex: 1 1 auto; min-width: 0; justify-content: flex-start; gap: 8px; min-height: calc(32 * var(--_u)); padding: 0 16px; border: 0; border-radius: 0; font-size: var(--_size-12); }
  .problems-head > .checking { animation: appear 0s 400ms both; }
  .tests-verdict { flex: 0 1 auto; padding-inline: 8px; color: var(--_text-secondary); }
  .tests-verdict[data-failed='true'] { color: var(--_failed); }
  button.tests-act { flex: none; min-height: 24px; padding: 0 8px; font-size: var(--_size-12); }
  .tests-act > .icon { --_i: 14; }
  .tests > p { padding: 4px 16px; }
  .tests > details { padding: 0 16px 8px; }
  .tests summary { min-height: 24px; line-height: calc(24 * var(--_u)); cursor: pointer; font-size: var(--_size-12); color: var(--_text-secondary); }
  .tests pre { max-height: 200px; overflow: auto; padding: 8px; border-radius: var(--_radius); background: var(--_surface-sunken); font: var(--_size-12) / calc(18 * var(--_u)) var(--_font-mono); text-align: left; }
  .findings + .tests { border-block-start: 1px solid var(--_line); }
  button.problems-head:focus-visible { outline-offset: -2px; }
  button.problems-head:disabled { color: var(--_text-secondary); }
  button.problems-head:disabled .twist { display: none; }
  .problems-head > .twist > .icon { --_i: 14; }
  .problems-head[aria-expanded='true'] > .twist > .icon { rotate: 90deg; }
  .switch { display: none; }

  @container (width < max(1081px, 67.5625rem)) {
    .facts > .url > .mono { display: none; }
    .facts > .url { width: calc(24 * var(--_u)); justify-content: center; }
  }
  @container (width < max(900px, 56.25rem)) {
    .body { --_files: 176px; }
    .body[data-side] { min-height: 320px; grid-template-columns: var(--_before) minmax(0, 1fr); grid-template-rows: minmax(0, 1fr) minmax(180px, 40%); }
    .body[data-no-side] { grid-template-rows: minmax(0, 1fr); }
    .body[data-side] > .pane.side { grid-column: 1 / -1; border-inline-start: 0; border-block-start: 1px solid var(--_line); }
    .separator { display: none; }
    .toolbar { flex-wrap: wrap; gap: 0 12px; height: auto; padding-block-end: 4px; }
    .toolbar > * { min-height: calc(48 * var(--_u)); }
    .toolbar > .title { flex: 1 1 0; max-width: none; line-height: calc(48 * var(--_u)); }
    .toolbar > button { min-height: var(--_control); margin-block: 8px; }
    .toolbar > .facts { order: 1; flex: 1 1 100%; min-height: calc(28 * var(--_u)); }
    .facts > .url { margin-inline-start: 0; }
  }
  @container (width < max(720px, 45rem)) {
    .toolbar { gap: 8px; padding-inline-start: 12px; }
    .body, .body[data-side] { min-height: 148px; grid-template: minmax(0, 1fr) / minmax(0, 1fr); }
    .body[data-side] > .pane.side { border: 0; }
    .body > .pane { display: none; border: 0; }
    .body > .files { overflow: hidden auto; }
    .body[data-pane='side'] > .side { display: block; }
    .body[data-pane='files'] > .files, .body[data-pane='code'] > .code { display: flex; }
    .switch { display: flex; flex: none; border-block-start: 1px solid var(--_line); background: var(--_surface-sunken); }
    .switch > button { flex: 1; min-height: calc(44 * var(--_u)); border: 0; border-radius: 0; }
    .switch > button[aria-current='true'] { color: var(--_text); font-weight: 600; box-shadow: inset 0 2px var(--_accent); }
    .switch > button:focus-visible { outline-offset: -3px; }
  }
  @container (width < max(600px, 37.5rem)) {
    .readiness { min-width: 0; }
    .readiness > .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  }
  @container (width < max(480px, 30rem)) {
    .toolbar > .save { order: 1; min-height: calc(28 * var(--_u)); margin-block: 0; padding: 0 10px; }
    .save > .long { display: none; }
    .save > .short { display: inline; }
    button.problems-head { padding-inline: 12px 4px; }
    button.tests-act { width: calc(24 * var(--_u)); padding: 0; }
    .language > .word, .tests-act > .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .finding, button.finding { flex-wrap: wrap; gap: 0 8px; }
    .finding > .what { flex: 1 1 calc(100% - 24px); }
    .finding > .where { flex: 1 1 100%; max-width: none; padding-inline-start: 24px; }
    .toolbar > .title { flex-basis: 120px; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; align-self: center; min-height: 0; line-height: calc(18 * var(--_u)); white-space: normal; overflow-wrap: anywhere; }
    .toolbar > .facts { flex: 1 1 calc(100% - 120px); flex-wrap: wrap; gap: 0 10px; }
    .facts > * { min-height: 24px; }
    .facts > .chip { order: 1; line-height: calc(24 * var(--_u)); }
    .pill .more { display: none; }
    .facts > * + .rollout::before, .facts > * + .chip::before { display: none; }
  }
  @media (forced-colors: active) {
    .reference mark { background: Mark; color: MarkText; forced-color-adjust: none; }
    .dot { background: CanvasText; forced-color-adjust: none; }
  }
  .skeleton.whole { align-content: start; height: 100%; padding: 96px 16px 0; background: linear-gradient(var(--_line) 0 0) no-repeat 0 44px / 100% 1px, linear-gradient(var(--_line) 0 0) no-repeat 0 80px / 100% 1px, var(--_bar) 16px 16px / 128px 12px, var(--_bar) calc(100% - 8px) 8px / 80px 28px; }
  @container (width >= max(720px, 45rem)) { .skeleton.whole { padding-left: calc(var(--_files) + 16px); background: linear-gradient(var(--_line) 0 0) no-repeat 0 44px / 100% 1px, linear-gradient(var(--_line) 0 0) no-repeat var(--_files) 80px / 100% 1px, linear-gradient(var(--_line) 0 0) no-repeat var(--_files) 44px / 1px 100%, repeating-linear-gradient(var(--_grey-3) 0 12px, transparent 0 28px) no-repeat 16px 96px / calc(var(--_files) - 64px) 124px, var(--_bar) 16px 16px / 128px 12px, var(--_bar) calc(100% - 8px) 8px / 80px 28px; } }
`;
