import { css } from 'lit';

/** What a list of rows looks like before it is here: a name and the facts under it. */
export const skeletonRows = css`
  .skeleton.whole { gap: 0; padding: 0; }
  .whole > span { width: auto; height: calc(56 * var(--_u)); border-block-end: 1px solid var(--_line); border-radius: 0; background: var(--_bar) 16px 30% / 32% 12px, var(--_bar) 16px 75% / 56% 8px; }
`;
