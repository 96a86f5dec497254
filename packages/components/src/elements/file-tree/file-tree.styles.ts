import { css } from 'lit';

export const fileTreeStyles = css`
  :host { display: flex; flex-direction: column; min-width: 0; height: 100%; background: var(--_surface-sunken); }
  header { display: flex; align-items: center; height: 36px; flex: none; padding-block: 0; padding-inline: 16px 4px; }
  header > h2 { flex: 1; font-size: var(--_size-12); font-weight: 600; color: var(--_text-secondary); }
  ul { flex: 1; overflow: auto; padding: 0 4px 8px; }
  li { display: flex; align-items: center; gap: 4px; height: var(--_row); padding-inline: calc((var(--_level) - 1) * 12px) 8px; border-radius: var(--_radius); cursor: default; user-select: none; }
  li:hover { background: var(--_hover); }
  li[aria-selected='true'] { background: var(--_accent-soft); font-weight: 600; }
  li.folder { color: var(--_text-secondary); }
  li:focus-visible { outline-offset: -2px; }
  .twist { flex: none; width: 16px; margin-inline-start: 2px; color: var(--_grey-9); }
  .twist > .icon { width: 14px; height: 14px; margin: 1px; transition: rotate var(--_fast) ease-out; }
  li[aria-expanded='true'] .twist > .icon { rotate: 90deg; }
  :host(:dir(rtl)) li[aria-expanded='false'] .twist > .icon { rotate: 180deg; }
  li > .truncate { flex: 1; }
  .person { flex: none; display: inline-flex; color: var(--_text-secondary); }
  .person > .icon { width: 12px; height: 12px; }
  .mark { flex: none; width: 10px; height: 10px; color: var(--_failed); }
  .dot { flex: none; width: 6px; height: 6px; border-radius: 50%; background: var(--_accent); }
  .ask { display: flex; flex-wrap: wrap; gap: 8px; padding: 0 8px 8px; }
  .ask > input { width: 100%; font-size: var(--_size-12); }
  .ask > p { flex: 1 1 100%; overflow-wrap: anywhere; padding-inline-start: 8px; }
  .ask > .problem { color: var(--_failed); font-size: var(--_size-12); line-height: 16px; padding-inline-start: 0; }
  @media (forced-colors: active) {
    li[aria-selected='true'] { outline: 1px solid Highlight; outline-offset: -1px; }
    .dot { background: CanvasText; forced-color-adjust: none; }
  }
`;
