import { css } from 'lit';

export const previewStyles = css`
  :host { display: block; height: var(--fapi-preview-height, 480px); min-height: 240px; container-type: inline-size !important; }
  section { display: flex; flex-direction: column; height: 100%; }
  header { display: flex; flex: none; align-items: center; gap: 2px; min-height: calc(40 * var(--_u)); padding: 0 8px; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); }
  header > form { display: flex; flex: 1; min-width: 0; margin-inline: 6px; }
  header input { flex: 1; width: 100%; font: var(--_size-12) var(--_font-mono); direction: ltr; text-align: left; }
  header > a { display: grid; flex: none; place-items: center; width: var(--_row); height: var(--_row); border-radius: var(--_radius); color: var(--_text-secondary); }
  header > a:hover { background: var(--_hover); color: var(--_text); }
  header > .travel:dir(rtl) .icon { scale: -1 1; }
  [aria-busy='true'] [data-reload] .icon { animation: turn 900ms 400ms linear infinite; }
  .facts { display: flex; flex: none; flex-wrap: wrap; align-items: center; gap: 2px 12px; min-height: calc(28 * var(--_u)); padding: 4px 16px; font-size: var(--_size-12); color: var(--_text-secondary); border-block-end: 1px solid var(--_line); }
  .problem, .error { flex: none; padding: 6px 16px; font-size: var(--_size-12); border-block-end: 1px solid var(--_line); background: var(--_failed-soft); overflow-wrap: anywhere; }
  .error { display: flex; align-items: baseline; gap: 8px; max-height: 72px; overflow: auto; }
  section > .notice { flex: 1; align-content: start; overflow: auto; }
  .routes { display: grid; gap: 4px; justify-items: start; overflow-wrap: anywhere; }
  .routes .link { white-space: normal; text-align: start; font-size: var(--_size-12); }
  /* A page that says nothing of its colours is drawn for the scheme it is in, on the canvas of that scheme. */
  iframe { flex: 1; display: block; width: 100%; min-height: 0; border: 0; background: Canvas; }
  iframe:focus-visible { outline: 2px solid var(--_accent); outline-offset: -2px; }
  @media (prefers-reduced-motion: reduce) { [aria-busy='true'] [data-reload] .icon { animation: none; } }
  .skeleton.whole { grid-template-rows: auto 1fr; gap: 0; height: 100%; padding: 0; }
  .whole > span { width: auto; height: 24px; margin: 8px; }
  .whole > :last-child { height: auto; margin: 0; border-radius: 0; background: var(--_grey-2); }
`;
