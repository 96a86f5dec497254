import { css } from 'lit';

export const fileTreeStyles = css`
  :host { --_display: flex; flex-direction: column; min-width: 0; height: 100%; background: var(--_surface-sunken); }
  header { display: flex; align-items: center; height: calc(36 * var(--_u)); flex: none; padding-block: 0; padding-inline: 16px 4px; }
  header > h2 { flex: 1; font-size: var(--_size-12); font-weight: 600; color: var(--_text-secondary); }
  .none { padding: 4px 16px; font-size: var(--_size-12); }
  ul { flex: 1; overflow: auto; padding: 0 4px 8px; }
  li { display: flex; align-items: center; gap: 4px; height: var(--_row); padding-inline: calc((var(--_level) - 1) * 12px) 8px; border-radius: var(--_radius); cursor: default; user-select: none; }
  /* The field stands over the name: its letters begin where those of the names do. */
  li[data-asked] { align-items: flex-start; height: auto; }
  li[data-asked] > .twist { padding-block: calc((var(--_row) - 16 * var(--_u)) / 2); }
  li > .ask { flex: 1; gap: 0; min-width: 0; padding: 0; margin-inline-start: -5px; }
  li > .ask > input { padding: 0 4px; font-size: inherit; font-weight: 400; }
  li > .ask > .problem { padding: 4px 5px; font-weight: 400; }
  li:hover { background: var(--_hover); }
  li[aria-selected='true'] { background: var(--_accent-soft); font-weight: 600; }
  li.folder { color: var(--_text-secondary); }
  li:focus-visible { outline-offset: -2px; }
  .twist { flex: none; width: calc(16 * var(--_u)); margin-inline-start: 2px; color: var(--_grey-9); }
  .twist > .icon { --_i: 14; margin: 1px; transition: rotate var(--_fast) ease-out; }
  li[aria-expanded='true'] .twist > .icon { rotate: 90deg; }
  :host(:dir(rtl)) li[aria-expanded='false'] .twist > .icon { rotate: 180deg; }
  li > .truncate { flex: 1; }
  .person { flex: none; display: inline-flex; color: var(--_text-secondary); }
  .person > .icon { --_i: 12; }
  .mark { flex: none; width: 10px; height: 10px; color: var(--_failed); }
  .dot { flex: none; width: 6px; height: 6px; border-radius: 50%; background: var(--_accent); }
  li[data-cut] { opacity: 0.6; }
  li[data-over], ul[data-over] { outline: 2px solid var(--_accent); outline-offset: -2px; background: var(--_accent-soft); }
  .said { position: relative; flex: none; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; max-height: 50%; overflow: auto; padding-block: 8px; padding-inline: 16px 36px; border-block-start: 1px solid var(--_line); background: var(--_surface); font-size: var(--_size-12); line-height: calc(16 * var(--_u)); }
  .said[data-empty] { padding: 0; border: 0; }
  .said > p { flex: 1 1 100%; overflow-wrap: anywhere; }
  /* What can be done about it is in sight also where this is long. */
  .said > dl { flex: 1 1 100%; display: grid; align-content: start; gap: 4px; min-width: 0; }
  .said:has(> dl) { max-height: 80%; }
  .said > dl + .acts { position: sticky; inset-block-end: -8px; padding-block: 4px 8px; background: var(--_surface); }
  .said dt { color: var(--_text-secondary); overflow-wrap: anywhere; }
  .said dd { padding-inline-start: 8px; border-inline-start: 1px solid var(--_line); direction: ltr; text-align: left; overflow-wrap: anywhere; }
  .said[data-kind='problem'] > p:first-of-type { color: var(--_failed); }
  .said > .acts { flex: 1 1 0; display: flex; flex-wrap: wrap; gap: 4px; min-width: 0; }
  .said .acts > button { min-height: 24px; max-width: 100%; white-space: normal; text-align: start; overflow-wrap: anywhere; font-size: var(--_size-12); line-height: calc(16 * var(--_u)); }
  .said > [data-hide] { position: absolute; inset-block-start: 4px; inset-inline-end: 6px; width: calc(24 * var(--_u)); min-height: 24px; }
  .ask { display: flex; flex-wrap: wrap; gap: 8px; padding: 0 8px 8px; }
  .ask > input { width: 100%; font-size: var(--_size-12); }
  .ask > .problem { flex: 1 1 100%; overflow-wrap: anywhere; color: var(--_failed); font-size: var(--_size-12); line-height: calc(16 * var(--_u)); }
  @media (forced-colors: active) {
    li[aria-selected='true'] { outline: 1px solid Highlight; outline-offset: -1px; }
    .dot { background: CanvasText; forced-color-adjust: none; }
  }
`;
