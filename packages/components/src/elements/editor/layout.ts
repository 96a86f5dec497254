import type { Pane } from './pane-switch.ts';

/** What of the editor a person has arranged: kept over visits by pages that want to. */
export interface Arrangement {
  readonly areFilesShown: boolean;
  readonly isSideShown: boolean;
  readonly areProblemsOpen: boolean;
  readonly areRoutesOpen: boolean;
  /** In CSS pixels. */
  readonly filesWidth: number;
  readonly sideWidth: number;
}

/** What of the editor is open, and how wide. */
export interface Layout extends Arrangement {
  readonly pane: Pane;
  readonly hasSide: boolean;
  /** The search is in the place of the files. */
  readonly isFindOpen: boolean;
}

export const filesWidths = { least: 140, most: 420 } as const;
export const sideWidths = { least: 240, most: 640 } as const;

export const firstLayout: Layout = { pane: 'code', hasSide: false, isFindOpen: false, areFilesShown: true, isSideShown: true, areProblemsOpen: true, areRoutesOpen: true, filesWidth: 208, sideWidth: 400 };

export function arrangementOf({ areFilesShown, isSideShown, areProblemsOpen, areRoutesOpen, filesWidth, sideWidth }: Layout): Arrangement {
  return { areFilesShown, isSideShown, areProblemsOpen, areRoutesOpen, filesWidth, sideWidth };
}
