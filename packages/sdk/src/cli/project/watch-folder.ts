import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { type Ignored, readIgnored } from './ignored.ts';

/** Editors write, rename and write again within this time. */
const quietMs = 120;

interface Watching {
  readonly signal: AbortSignal;
  /** A folder inside that may not be read: it is not watched. Said once. */
  readonly onUnreadable: (folder: string) => void;
}

/**
 * Says once at the beginning, and then after each burst of changes, that the folder may have changed. Ignored folders are not watched. Ends by the signal; throws when the folder itself cannot be read or watched.
 */
export async function* watchFolder(root: string, { signal, onUnreadable }: Watching): AsyncGenerator<void> {
  const watchers = new Map<string, FSWatcher>();
  const unreadable = new Set<string>();
  let isChanged = true;
  let wake = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  const onChange = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isChanged = true;
      wake();
    }, quietMs);
  };
  const onAbort = (): void => wake();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      if (!isChanged) await new Promise<void>((resolve) => (wake = resolve));
      if (signal.aborted) return;
      isChanged = false;
      // New folders are watched before they are read, so that nothing falls between.
      for (const folder of await watchAll(root, watchers, onChange)) {
        if (!unreadable.has(folder)) onUnreadable(folder);
        unreadable.add(folder);
      }
      yield;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  }
}

/** Answers the folders that may not be read. */
async function watchAll(root: string, watchers: Map<string, FSWatcher>, onChange: () => void): Promise<string[]> {
  const seen = new Set<string>();
  const unreadable: string[] = [];
  const walk = async (folder: string, ignored: Ignored): Promise<void> => {
    seen.add(folder);
    if (!watchers.has(folder)) watchers.set(folder, watchOne(root, folder, watchers, onChange));
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (!entry.isDirectory() || ignored.isIgnored(path, true)) continue;
      await walk(path, await ignored.enter(path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EACCES' || error.code === 'EPERM') unreadable.push(path);
        // Deleted while it was read.
        else if (error.code !== 'ENOENT') throw error;
      });
    }
  };
  await walk('', await readIgnored(root));
  for (const [folder, watcher] of watchers) {
    if (seen.has(folder)) continue;
    watcher.close();
    watchers.delete(folder);
  }
  return unreadable;
}

function watchOne(root: string, folder: string, watchers: Map<string, FSWatcher>, onChange: () => void): FSWatcher {
  try {
    const watcher = watch(join(root, folder), (event, name) => {
      // A watch is of the folder that stood there then. One that is removed and made again has the same name, maybe even the same inode, and is watched anew.
      if (event === 'rename' && name !== null) forget(watchers, folder === '' ? name : `${folder}/${name}`);
      if (event === 'rename' && folder === '' && name === basename(root)) forget(watchers, '');
      onChange();
    });
    // A folder that is gone, or that the machine has no more watches for.
    return watcher.on('error', () => watcher.close());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Of a disk the first one would say that it is full.
    if (code !== 'ENOSPC' && code !== 'EMFILE') throw error;
    const setting = code === 'ENOSPC' ? 'max_user_watches' : 'max_user_instances';
    throw new CliError('file_error', exitCodes.failed, `${join(root, folder)} cannot be watched: the machine has no more watches for files and folders`, {
      hints: [`end programs that watch many folders, or raise fs.inotify.${setting} (sysctl)`, 'name large folders that are no part of the app in .fapiignore'],
    }, { cause: error });
  }
}

/** The folder and all inside it; '' is all of them. */
function forget(watchers: Map<string, FSWatcher>, gone: string): void {
  for (const [folder, watcher] of watchers) {
    if (gone !== '' && folder !== gone && !folder.startsWith(`${gone}/`)) continue;
    watcher.close();
    watchers.delete(folder);
  }
}
