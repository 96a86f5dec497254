import { css } from 'lit';

/** What floats over everything beside the button that opened it. */
export const menuStyles = css`
  .menu { position: fixed; inset: auto; box-sizing: border-box; max-width: calc(100vw - 8px); margin: 0; padding: 4px; overflow: auto; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_surface-raised); color: var(--_text); box-shadow: var(--_shadow); }
  .menu:focus { outline: none; }
  .menu:popover-open { display: flex; flex-direction: column; }
  .menu > button { justify-content: flex-start; min-height: calc(28 * var(--_u)); white-space: normal; text-align: start; }
`;
