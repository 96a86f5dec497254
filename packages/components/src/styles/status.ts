import { css } from 'lit';

/** The five shapes and their colours: the same in pill, stage list and card edge. Work that ends at once never turns: each frame of it would take time from the work. */
export const statusStyles = css`
  .shape { flex: none; display: block; width: calc(var(--_i, 12) * var(--_u)); overflow: visible; }
  [data-status='live'] { --_status: var(--_live); }
  [data-status='working'] { --_status: var(--_working); }
  [data-status='failed'] { --_status: var(--_failed); }
  [data-status='asleep'] { --_status: var(--_asleep); }
  [data-status='idle'] { --_status: var(--_idle); }
  .shape { color: var(--_status); }
  [data-status='working'] > .shape, .shape[data-status='working'] { animation: turn 900ms 400ms linear infinite; transform-origin: 50% 50%; }
  .pill { display: inline-flex; align-items: center; gap: 6px; min-width: 0; color: var(--_status); font-size: var(--_size-12); font-weight: 600; white-space: nowrap; }
  .pill > .word { color: var(--_text); font-weight: 600; }
  .pill .more { color: var(--_text-secondary); font-weight: 400; }
  .chip { font-size: var(--_size-12); color: var(--_text-secondary); white-space: nowrap; }
  @media (prefers-reduced-motion: reduce) {
    [data-status='working'] > .shape, .shape[data-status='working'] { animation: none; }
  }
  @media (forced-colors: active) {
    .shape, .pill { color: CanvasText; }
  }
`;
