import { css } from 'lit';

export const convertStyles = css`
  :host { display: block; height: 100%; min-height: 0; container-type: inline-size !important; direction: inherit; background: var(--_surface); }
  .root { display: flex; flex-direction: column; height: 100%; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; flex: none; padding: 8px 12px 8px 16px; border-block-end: 1px solid var(--_line); }
  header > .about { flex: 1 1 28ch; min-width: 0; }
  header h3 { font-size: var(--_size-14); font-weight: 600; }
  header h3:focus { outline: none; }
  header p { font-size: var(--_size-12); overflow-wrap: anywhere; }
  .parts { display: grid; grid-template-columns: 208px minmax(0, 1fr); flex: 1; min-height: 0; }
  /* What is for ears only is placed in here, and scrolled away with the rest: else it would widen the page. */
  nav, .changes { position: relative; }
  nav { overflow: auto; padding: 4px; border-inline-end: 1px solid var(--_line); background: var(--_surface-sunken); }
  nav button.quiet { width: 100%; justify-content: flex-start; padding: 0 8px; color: var(--_text); }
  nav .mono { flex: 1; font-size: var(--_size-12); text-align: start; }
  nav .mark { flex: none; color: var(--_live); font-size: var(--_size-12); }
  nav .mark[data-change='changed'] { color: var(--_working); }
  .changes { overflow: auto; min-height: 0; }
  .changes > .file { border-block-end: 1px solid var(--_line); }
  .lines { max-width: 100%; }
  .kept { padding: 12px 0; border-block-end: 1px solid var(--_line); }
  .kept > h4 { margin: 0; padding: 0 16px 4px; font-size: var(--_size-12); font-weight: 600; }
  .refused > .notice { padding-block-end: 4px; }
  .refused, .busy { overflow: auto; }
  .busy > .note { padding: 16px 16px 0; }
  button.reason { display: flex; flex-wrap: wrap; justify-content: flex-start; align-items: baseline; gap: 0 12px; width: 100%; min-height: calc(28 * var(--_u)); padding: 4px 16px; border-radius: 0; font-size: var(--_size-12); text-align: start; white-space: normal; }
  .reason > .where { flex: none; color: var(--_accent); }
  .reason > .what { flex: 1 1 32ch; min-width: 0; color: var(--_text); overflow-wrap: anywhere; }
  nav button:focus-visible, button.reason:focus-visible { outline-offset: -2px; }
  @container (width < max(480px, 30rem)) {
    header > .about { flex-basis: 100%; }
    header > button { flex: 1; }
  }
  @container (width < max(720px, 45rem)) {
    .parts { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); }
    nav { border-inline-end: 0; border-block-end: 1px solid var(--_line); }
    nav > ul { display: flex; }
    nav li { flex: none; max-width: 70%; }
  }
`;
