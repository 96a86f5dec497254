import { css } from 'lit';

export const historyStyles = css`
  header { display: flex; align-items: center; gap: 8px; height: 36px; padding: 0 16px; background: var(--_surface-sunken); border-block-end: 1px solid var(--_line); }
  h2 { font-size: var(--_size-12); color: var(--_text-secondary); }
  .revisions > li { display: grid; gap: 2px 8px; padding: 10px 16px; border-block-end: 1px solid var(--_line); }
  .revisions > li[data-live] { background: var(--_accent-soft); }
  .what { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px; min-width: 0; }
  .what > h3 { font-family: var(--_font-mono); }
  .comment { overflow-wrap: anywhere; }
  .facts { font-size: var(--_size-12); overflow-wrap: anywhere; }
  .acts { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; margin-block-start: 4px; }
  .acts { margin-inline-start: -8px; }
  .acts > button { min-height: 24px; padding: 0 8px; font-size: var(--_size-12); }
  .acts > p { flex: 1 1 100%; }
  .acts .icon { width: 14px; height: 14px; }
  .more { display: block; margin: 12px 16px; }
`;
