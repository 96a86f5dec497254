import { css } from 'lit';

/** Small forms between other things: labels above their fields, acts at the end. */
export const formStyles = css`
  select { min-height: var(--_row); min-width: 0; max-width: 100%; padding: 0 4px; border: 1px solid var(--_line-control); border-radius: var(--_radius); background: var(--_surface-raised); color: var(--_text); font: inherit; }
  select:focus-visible { outline: 2px solid var(--_accent); outline-offset: -1px; }
  form.clone, form.rename { display: flex; flex-wrap: wrap; align-items: flex-end; gap: 8px 12px; }
  form > label:not(.check) { display: grid; gap: 2px; min-width: 0; font-size: var(--_size-12); color: var(--_text-secondary); }
  form > label:has([name='title']) { flex: 1 1 180px; }
  form > label > input:not([type='checkbox']), form > label > select { width: 100%; font-size: var(--_size-13); color: var(--_text); }
  form > .check { display: flex; align-items: center; gap: 6px; min-height: var(--_row); }
  form > .check > input { min-height: 0; margin: 0; accent-color: var(--_accent); }
  form > .actions { display: flex; flex-wrap: wrap; gap: 8px; }
`;
