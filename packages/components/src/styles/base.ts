import { css } from 'lit';
import { tokens } from './tokens.ts';

const host = css`
  :host {
    display: block;
    box-sizing: border-box;
    background: var(--_surface);
    -webkit-font-smoothing: antialiased;
    /* What would be inherited by all that is inside. Important, or a page's "* { ... !important }" would have the last word: inside a shadow root it is ours. */
    color: var(--_text) !important;
    font-family: var(--_font) !important;
    font-size: var(--_size-13) !important;
    font-style: normal !important;
    font-variant: normal !important;
    font-stretch: normal !important;
    font-weight: 400 !important;
    line-height: 20px !important;
    letter-spacing: normal !important;
    word-spacing: normal !important;
    text-align: start !important;
    text-indent: 0 !important;
    text-shadow: none !important;
    text-transform: none !important;
    white-space: normal !important;
    hyphens: manual !important;
    word-break: normal !important;
    cursor: auto !important;
    quotes: auto !important;
  }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  h2, h3, p, ol, ul, dl, dd, figure, pre { margin: 0; padding: 0; }
  h2, h3 { font-size: inherit; font-weight: 600; }
  ol, ul { list-style: none; }
  .icon { flex: none; display: block; }
  .mono { font-family: var(--_font-mono); font-variant-numeric: tabular-nums; }
  .number { font-variant-numeric: tabular-nums; }
  /* Names, addresses, figures and sentences each run as their own letters do, and stand where the page's do. */
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
  .skeleton { animation: appear 0s 150ms both; display: grid; gap: 12px; padding: 16px; }
  .skeleton > span { display: block; height: 12px; border-radius: var(--_radius); background: var(--_grey-3); }
  .skeleton > span:nth-child(3n) { width: 40%; }
  .skeleton > span:nth-child(3n + 1) { width: 72%; }
  .skeleton > span:nth-child(3n + 2) { width: 56%; }
  @keyframes appear { from { opacity: 0; } }
  /* What was found in a text that is another one now. */
  @keyframes findings-pale { to { --_failed: var(--_text-secondary); --_working: var(--_text-secondary); --_asleep: var(--_text-secondary); } }
  @keyframes turn { to { rotate: 360deg; } }
`;

/** What every element starts from: tokens, a reset of what is inherited, and the few words of layout that all share. */
export const base = [tokens, host];
