import { css } from 'lit';

/** Buttons and fields. One `.primary` per element at most: it is the one filled thing. */
export const controls = css`
  button {
    display: inline-flex; align-items: center; justify-content: center; gap: 6px;
    min-width: 24px; min-height: var(--_row); margin: 0; padding: 0 10px;
    border: 1px solid var(--_line-control); border-radius: var(--_radius); background: var(--_surface-raised); color: var(--_text);
    font: inherit; font-weight: 400; white-space: nowrap; cursor: pointer; user-select: none; -webkit-tap-highlight-color: transparent;
    transition: background-color var(--_fast) ease-out, border-color var(--_fast) ease-out, color var(--_fast) ease-out;
  }
  button:hover { background: var(--_hover); }
  button:active { background: var(--_pressed); }
  button:disabled, button[aria-disabled='true'] { color: var(--_grey-9); border-color: var(--_line); background: transparent; cursor: default; }
  button.primary { min-height: var(--_control); padding: 0 16px; border-color: transparent; background: var(--_accent); color: var(--_accent-text); font-weight: 600; }
  button.primary:hover { background: var(--_accent-hover); }
  button.large { min-height: var(--_control); padding: 0 12px; }
  button.quiet { border-color: transparent; background: transparent; color: var(--_text-secondary); }
  button.quiet:hover { background: var(--_hover); color: var(--_text); }
  button.quiet:disabled { background: transparent; color: var(--_grey-8); }
  button.icon-only { padding: 0; width: var(--_row); min-height: var(--_row); }
  button.link { min-height: 24px; padding: 0; border: 0; background: none; color: var(--_accent); text-decoration: underline; text-underline-offset: 3px; text-decoration-thickness: 1px; }
  button.link:hover { color: var(--_accent-hover); }
  .copy > .icon + .icon, .copy[data-copied] > .icon { display: none; }
  .copy[data-copied] > .icon + .icon { display: block; color: var(--_live); }
  button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
  input {
    min-height: var(--_row); min-width: 0; margin: 0; padding: 0 8px; border: 1px solid var(--_line-control); border-radius: var(--_radius);
    background: var(--_surface-raised); color: var(--_text); font: inherit;
  }
  input:focus-visible { outline: 2px solid var(--_accent); outline-offset: -1px; }
  input[aria-invalid='true'] { border-color: var(--_failed); outline-color: var(--_failed); }
  @media (forced-colors: active) {
    button { border-color: ButtonBorder; }
    button.primary { background: Highlight; color: HighlightText; forced-color-adjust: none; }
    :focus-visible, button:focus-visible { outline-color: Highlight; }
  }
`;
