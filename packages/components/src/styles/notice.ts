import { css } from 'lit';

/** A notice fills its panel and says what is so, and what to do. */
export const noticeStyles = css`
  .notice, .notice > .words { display: grid; justify-items: start; gap: 8px; }
  .notice { padding: 16px; max-width: 60ch; }
  .notice h3 { font-size: var(--_size-14); }
  .notice p { color: var(--_text-secondary); }
  .notice > .actions { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 4px; }
  .request { display: inline-flex; align-items: center; gap: 4px; font-size: var(--_size-12); color: var(--_text-secondary); }
  .bar { display: flex; flex: none; flex-wrap: wrap; align-items: center; gap: 4px 12px; min-height: calc(36 * var(--_u)); padding: 4px 16px; border-block-end: 1px solid var(--_line); background: var(--_working-soft); }
  .bar[data-status='failed'] { background: var(--_failed-soft); }
  .bar[data-status='idle'] { background: var(--_surface-sunken); }
  .bar > p { flex: 1 1 24ch; min-width: 0; overflow-wrap: anywhere; }
  .bar > .actions { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
`;
