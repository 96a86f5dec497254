import { css } from 'lit';

export const findingStyles = css`
  .finding, button.finding { display: flex; align-items: flex-start; justify-content: flex-start; gap: 8px; width: 100%; min-height: var(--_row); padding: 4px 12px; border-radius: 0; text-align: start; white-space: normal; color: var(--_text); }
  button.finding:focus-visible { outline-offset: -2px; }
  .finding > .icon { margin-block-start: 2px; color: var(--_asleep); }
  .finding[data-severity='error'] > .icon { color: var(--_failed); }
  .finding[data-severity='warning'] > .icon { color: var(--_working); }
  .finding > .what { flex: 1; min-width: 0; overflow-wrap: anywhere; white-space: pre-line; }
  .finding .hint { display: block; }
  .fixes { display: flex; flex-wrap: wrap; gap: 0 16px; padding: 0 12px 4px 36px; }
  .fixes > .fix { white-space: normal; text-align: start; font-size: var(--_size-12); }
  .findings > .rest { padding: 4px 12px 4px 36px; font-size: var(--_size-12); }
  /* Not at once: a check that is quick changes nothing that one sees. */
  .findings[data-stale] { animation: findings-pale 0s 400ms both, words-pale 0s 400ms both; }
  @keyframes words-pale { to { --_text: var(--_text-secondary); --_accent: var(--_text-secondary); } }
  .finding > .where { flex: none; max-width: 45%; font-size: var(--_size-12); overflow-wrap: anywhere; }
  @container (width < max(480px, 30rem)) {
    .finding, button.finding { flex-wrap: wrap; row-gap: 0; }
    .finding > .where { flex: 1 1 100%; max-width: none; padding-inline-start: 24px; text-align: start; }
  }
`;
