/** One app as a page sees it, shared by all elements of the page. Framework-free. */
export type { AppSnapshot, AppStore, Conflict, DryImportFacts, TestsFacts, Workspace } from './types.ts';
export { type Merged, mergeFiles } from './merge-files.ts';
export { createWorkspace, type WorkspaceOptions } from './workspace.ts';
