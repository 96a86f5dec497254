import { css } from 'lit';

/**
 * Before each text is the room of a fold, so that all begin in one line. A long one ends in dots, and is whole below the list once it is chosen, or wraps: then what it leads to comes below it; where it leads to is always in sight. In the narrowest panel a time is hours and minutes.
 * Here, because what stands in the sheet goes to every page, in order:
 * The output of a program runs from left to right, whatever the page does.
 */
export const logsStyles = css`
  :host { container-type: inline-size !important; }
  .root { display: flex; flex-direction: column; height: 100%; min-height: 0; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 0 8px; min-height: calc(36 * var(--_u)); padding: 0 8px 0 16px; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); font-size: var(--_size-12); }
  .grow { flex: 1; }
  header, .bar, .skeleton { flex: none; }
  header > button { min-height: 24px; font-size: var(--_size-12); }
  header > [data-wrap][aria-pressed='true'] { border-color: var(--_accent); background: var(--_accent-soft); }
  h2 { font-size: var(--_size-12); color: var(--_text-secondary); }
  .filter { display: flex; flex-wrap: wrap; align-items: center; gap: 4px; flex: none; padding: 4px 8px 4px 16px; border-block-end: 1px solid var(--_line); }
  .filter > select { flex: 0 1 auto; font-size: var(--_size-12); }
  .filter > input { flex: 1 1 120px; width: 0; font-size: var(--_size-12); }
  .filter .up > .icon { rotate: -90deg; }
  .filter .down > .icon { rotate: 90deg; }
  .filter > .count { font-size: var(--_size-12); }
  .note { flex: none; padding: 2px 16px; font-size: var(--_size-12); }
  .lines { position: relative; flex: 0 1 auto; height: var(--fapi-logs-height, 240px); min-height: 72px; max-height: 100vh; overflow: auto; overflow-anchor: none; overscroll-behavior: contain; font: var(--_size-12) / 1.5rem var(--_font-mono); direction: ltr; text-align: left; }
  .lines:focus-visible { outline-offset: -2px; }
  .all { position: relative; contain: layout; }
  .drawn { position: relative; min-width: 100%; }
  .line { display: flex; gap: 4px; height: 1.5rem; min-height: 24px; padding: 0 16px; overflow: hidden; cursor: default; scroll-margin: 24px; }
  .line[aria-level='2'] > .what { padding-inline-start: 40px; }
  .line[aria-level='3'] > .what { padding-inline-start: 56px; }
  .line:hover { background: var(--_hover); }
  .line[aria-selected='true'] { background: var(--_accent-soft); }
  .lines:focus-visible .line[data-current] { box-shadow: inset 2px 0 var(--_accent); }
  .line > time { flex: none; font-variant-numeric: tabular-nums; }
  .line > .what { display: flex; flex: 1; align-items: center; gap: 8px; min-width: 0; padding-inline-start: 24px; text-align: left; }
  .what > .secondary { flex: 0 1000 auto; min-width: 0; overflow: hidden; white-space: nowrap; }
  .text { min-width: 4ch; overflow: hidden; text-overflow: ellipsis; white-space: pre; unicode-bidi: isolate; font-weight: inherit; tab-size: 4; }
  .lines[data-wrap] .line { height: auto; min-height: max(24px, 1.5rem); }
  .lines[data-wrap] .what { flex-wrap: wrap; gap: 0 8px; }
  .lines[data-wrap] .text { white-space: pre-wrap; overflow-wrap: anywhere; }
  .line[data-level='error'] .text { color: var(--_failed); }
  .line[data-level='warning'] .text { color: var(--_working); }
  .line[data-stream='system'] .text { color: var(--_text-secondary); font-style: italic; }
  .line[data-kind='traceback'] .text { font-weight: 600; }
  button.fold { flex: none; width: 24px; min-height: 24px; height: 24px; margin-inline: -24px -8px; }
  .fold > .icon { transition: rotate var(--_fast) ease-out; }
  .fold[data-open] > .icon { rotate: 90deg; }
  .place { flex: none; max-width: 75%; font: inherit; }
  mark { background: light-dark(oklch(93% 0.06 85), oklch(36% 0.06 80)); color: inherit; border-radius: 2px; }
  .detail { flex: none; max-height: 45%; overflow: auto; border-block-start: 1px solid var(--_line); background: var(--_surface-sunken); }
  .detail > header { border-block-end: 0; }
  .detail > pre { margin: 0 16px 8px; max-height: 160px; overflow: auto; font: var(--_size-12) / calc(18 * var(--_u)) var(--_font-mono); white-space: pre-wrap; overflow-wrap: anywhere; direction: ltr; text-align: left; unicode-bidi: plaintext; }
  .detail > p { padding: 0 16px 8px; font-size: var(--_size-12); }
  .places { display: flex; flex-wrap: wrap; gap: 0 12px; }
  @container (width < max(360px, 22.5rem)) { .line > time { width: 5ch; overflow: hidden; } }
  @media (forced-colors: active) {
    mark { background: Highlight; color: HighlightText; forced-color-adjust: none; }
    .line[aria-selected='true'] { outline: 1px solid Highlight; outline-offset: -1px; }
    .line[data-level='error'] .text { text-decoration: underline; }
  }
  .whole > span { background: var(--_bar) 0 / 64px, var(--_bar) 80px / 100%; }
`;
