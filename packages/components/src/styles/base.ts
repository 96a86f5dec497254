import { css } from 'lit';
import { tokens } from './tokens.ts';

/**
 * Here, because what stands in the sheet goes to every page, in order:
 * What would be inherited by all that is inside, and what narrow layouts stand on. Important, or a page's "* { ... !important }" would have the last word: inside a shadow root it is ours. Not direction, colour scheme, visibility and pointer events: those are the page's.
 * What a page has made inline has no width that a narrow layout could ask for.
 * Names, addresses, figures and sentences each run as their own letters do, and stand where the page's do.
 * What is coming is drawn from left to right, and turned around where the page is.
 * What was found in a text that is another one now.
 */
const host = css`
  :host {
    --_display: block;
    display: var(--_display);
    background: var(--_surface);
    box-sizing: border-box !important;
    font: initial !important;
    font-family: var(--_font) !important;
    font-size: var(--_size-13) !important;
    line-height: calc(20 * var(--_u)) !important;
    font-palette: initial !important; font-synthesis: initial !important; font-variant-emoji: initial !important;
    color: var(--_text) !important;
    -webkit-font-smoothing: antialiased !important; -moz-osx-font-smoothing: auto !important;
    -webkit-text-fill-color: currentcolor !important; -webkit-text-stroke: 0 currentcolor !important; -webkit-text-security: none !important; -webkit-tap-highlight-color: initial !important;
    letter-spacing: normal !important; word-spacing: normal !important;
    text-align: start !important; text-align-last: auto !important; text-indent: 0 !important; text-transform: none !important; text-shadow: none !important; text-rendering: auto !important;
    text-decoration: none !important; text-decoration-skip-ink: auto !important; text-underline-offset: auto !important; text-underline-position: auto !important; text-emphasis: none !important; text-emphasis-position: initial !important;
    white-space: normal !important; text-wrap: initial !important; tab-size: 8 !important; overflow-wrap: normal !important; word-break: normal !important; line-break: auto !important; hyphens: manual !important; hyphenate-character: auto !important; quotes: auto !important; orphans: initial !important; widows: initial !important;
    writing-mode: horizontal-tb !important; text-orientation: mixed !important; text-combine-upright: none !important; ruby-position: initial !important;
    list-style: initial !important; border-collapse: separate !important; border-spacing: 0 !important; caption-side: top !important; empty-cells: show !important;
    cursor: auto !important; caret-color: auto !important; accent-color: auto !important; -webkit-user-select: text !important; user-select: text !important; image-rendering: auto !important; forced-color-adjust: auto !important; print-color-adjust: initial !important;
    paint-order: normal !important; fill: initial !important; fill-opacity: 1 !important; fill-rule: nonzero !important; clip-rule: nonzero !important; text-anchor: start !important; dominant-baseline: auto !important; shape-rendering: auto !important;
    stroke: none !important; stroke-width: initial !important; stroke-opacity: 1 !important; stroke-linecap: butt !important; stroke-linejoin: miter !important; stroke-dasharray: none !important; stroke-dashoffset: 0 !important; stroke-miterlimit: 4 !important;
  }
  :host([data-boxed]) { display: var(--_display) !important; container-type: inline-size !important; }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  h2, h3, p, ol, ul, dl, dd, figure, pre { margin: 0; padding: 0; }
  h2, h3 { font-size: inherit; font-weight: 600; }
  b, strong { font-weight: 600; }
  ol, ul { list-style: none; }
  .icon { flex: none; display: block; width: calc(var(--_i, 16) * var(--_u)); }
  .mono { font-family: var(--_font-mono); font-variant-numeric: tabular-nums; }
  .number { font-variant-numeric: tabular-nums; }
  p, h2, h3, button, time, bdi, code, .mono, .number, .truncate, .what { unicode-bidi: plaintext; }
  :host(:dir(ltr)) :is(p, h2, h3, .truncate, .what) { text-align: left; }
  :host(:dir(rtl)) :is(p, h2, h3, .truncate, .what, .mono:not(pre)) { text-align: right; }
  .secondary { color: var(--_text-secondary); }
  .truncate { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .visually-hidden {
    position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0;
  }
  a { color: var(--_accent); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; }
  a:hover { color: var(--_accent-hover); }
  :focus-visible { outline: 2px solid var(--_accent); outline-offset: 1px; border-radius: var(--_radius); }
  .skeleton { --_bar: linear-gradient(var(--_grey-3) 0 0) no-repeat; animation: appear 0s 150ms both; display: grid; gap: 12px; padding: 16px; }
  .skeleton:dir(rtl) { scale: -1 1; }
  .skeleton > span { display: block; height: 12px; border-radius: var(--_radius); background: var(--_grey-3); }
  .skeleton > :where(:nth-child(3n)) { width: 40%; }
  .skeleton > :where(:nth-child(3n + 1)) { width: 72%; }
  .skeleton > :where(:nth-child(3n + 2)) { width: 56%; }
  @keyframes appear { from { opacity: 0; } }
  @keyframes findings-pale { to { --_failed: var(--_text-secondary); --_working: var(--_text-secondary); --_asleep: var(--_text-secondary); } }
  @keyframes turn { to { rotate: 360deg; } }
`;

/** What every element starts from: tokens, a reset of what is inherited, and the few words of layout that all share. */
export const base = [tokens, host];
