import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './paths.ts';

const made = new Map<string, Promise<string>>();

/** Lays a copy of a folder that takes seconds to make and a moment to copy at `to`, which is not there yet. `make` fills a new folder and answers which part of it that is; it is asked once for each key. */
export async function layTemplate(kind: string, key: string, make: (folder: string) => Promise<string>, to: string): Promise<void> {
  const path = join(root, '.cache', kind, key);
  if (!made.has(path)) made.set(path, makeTemplate(path, make));
  await mkdir(dirname(to), { recursive: true });
  await copy(await made.get(path)!, to);
}

async function makeTemplate(path: string, make: (folder: string) => Promise<string>): Promise<string> {
  if (existsSync(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(join(dirname(path), 'new-'));
  try {
    const whole = join(folder, 'whole');
    await copy(await make(folder), whole);
    // Whole or not at all: another process may be making the same one.
    await rename(whole, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With owners and rights. The program needs half of what Node's own copy does. */
const copy = (from: string, to: string): Promise<unknown> => promisify(execFile)('cp', ['-a', from, to]);
