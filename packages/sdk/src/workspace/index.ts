/** One app as a page sees it, shared by all elements of the page. Framework-free. */
export type { AppSnapshot, AppStore, Conflict, ConversionFacts, DryImportFacts, FileChanges, MergedFacts, OtherPage, TestsFacts, Workspace } from './types.ts';
export { mayPass } from './away.ts';
export { type Merged, mergeFiles } from './merge/merge-files.ts';
export type { Piece } from './merge/merge-text.ts';
export { type FileConflict, type MergePlan, planMerge, type Sides, type TextConflict, type WholeConflict } from './merge/plan-merge.ts';
export { type LineChange, linesOf, listChanges } from './merge/line-changes.ts';
export { replacements } from './merge/replacements.ts';
export { createWorkspace, type WorkspaceOptions } from './workspace.ts';
