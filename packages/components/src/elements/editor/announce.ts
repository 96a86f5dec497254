import type { AppSnapshot } from '@fapi/sdk/workspace';
import { emit, tellError } from '../../events.ts';

/** Tells the page what has become of the draft since `before`: nothing at the first sight of it. */
export function announceDraft(editor: HTMLElement, { appId, load, error, dirtyPaths, save, draftVersion }: AppSnapshot, before: AppSnapshot | undefined): void {
  if (!before) return;
  const isDirty = dirtyPaths.size > 0;
  if (isDirty !== before.dirtyPaths.size > 0) emit(editor, 'fapi-dirty-change', { appId, isDirty });
  if (before.save === 'saving' && save === 'idle' && draftVersion > before.draftVersion) emit(editor, 'fapi-save', { appId, draftVersion });
  if (load === 'ready' && save !== 'conflict' && error !== undefined && error !== before.error) tellError(editor, error);
  if (before.save !== 'conflict' && save === 'conflict') emit(editor, 'fapi-conflict', { appId });
}
