import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ignored, readIgnored } from './ignored.ts';

/** Editors write, rename and write again within this time. */
const quietMs = 120;

/**
 * Says once at the beginning, and then after each burst of changes, that the folder may have changed. Ignored folders are not watched. Ends by the signal.
 */
export async function* watchFolder(root: string, signal: AbortSignal): AsyncGenerator<void> {
  const watchers = new Map<string, FSWatcher>();
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
      await watchAll(root, watchers, onChange);
      yield;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  }
}

async function watchAll(root: string, watchers: Map<string, FSWatcher>, onChange: () => void): Promise<void> {
  const seen = new Set<string>();
  const walk = async (folder: string, ignored: Ignored): Promise<void> => {
    seen.add(folder);
    if (!watchers.has(folder)) {
      const watcher = watch(join(root, folder), onChange);
      watchers.set(folder, watcher);
      // A folder that is gone, or that the machine has no more watches for.
      watcher.on('error', () => watcher.close());
    }
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !ignored.isIgnored(path, true)) await walk(path, await ignored.enter(path)).catch(ignoreGone);
    }
  };
  await walk('', await readIgnored(root));
  for (const [folder, watcher] of watchers) {
    if (seen.has(folder)) continue;
    watcher.close();
    watchers.delete(folder);
  }
}

/** Deleted while it was read. */
function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
