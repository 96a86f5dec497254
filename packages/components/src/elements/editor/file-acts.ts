import type { AppStore } from '@fapi/sdk/workspace';
import type { FileTreeAct } from '../file-tree/file-tree.ts';
import type { OpenFiles } from './open-files.ts';

/** Does to the draft and its tabs what was asked for in the tree. */
export function actOnFiles(asked: Exclude<FileTreeAct, { act: 'open' }>, store: AppStore | undefined, open: OpenFiles): void {
  if (asked.act === 'remove') return store?.removeFile(asked.path);
  if (asked.act === 'rename') {
    open.rename(asked.path, asked.to);
    return store?.renameFile(asked.path, asked.to);
  }
  store?.addFile(asked.path, '');
  open.open(asked.path);
}
