import type { Pane } from './pane-switch.ts';

/** What of the editor is open, and how wide. */
export interface Layout {
  readonly pane: Pane;
  readonly hasSide: boolean;
  readonly areProblemsOpen: boolean;
  readonly areRoutesOpen: boolean;
  readonly filesWidth: number;
  readonly sideWidth: number;
}

export const firstLayout: Layout = { pane: 'code', hasSide: false, areProblemsOpen: true, areRoutesOpen: true, filesWidth: 208, sideWidth: 360 };
