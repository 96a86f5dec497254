import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../packages/server/src/store/open.ts';
import { root } from './paths.ts';

const made = new Map<string, Promise<string>>();

/** Lays an empty database of the newest shape into a data folder: to make one takes seconds, to copy one a moment. What a server does without one is another test's business. */
export async function layDatabase(dataDir: string): Promise<void> {
  const key = await keyOf();
  if (!made.has(key)) made.set(key, makeTemplate(key));
  await cp(await made.get(key)!, join(dataDir, 'database'), { recursive: true, preserveTimestamps: true });
}

/** Changes with the engine and with the tables. */
async function keyOf(): Promise<string> {
  const hash = createHash('sha256');
  const store = 'packages/server/src/store';
  const steps = (await readdir(join(root, store, 'migrations'))).toSorted().map((name) => `${store}/migrations/${name}`);
  for (const file of ['node_modules/@electric-sql/pglite/package.json', `${store}/migrations.ts`, `${store}/pglite/engine.ts`, ...steps]) hash.update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

async function makeTemplate(key: string): Promise<string> {
  const templates = join(root, '.cache/databases');
  const template = join(templates, key);
  if (existsSync(template)) return template;
  await mkdir(templates, { recursive: true });
  const folder = await mkdtemp(join(templates, 'new-'));
  try {
    await (await openDatabase({ databaseUrl: undefined, dataDir: folder })).close();
    // Whole or not at all: another process may be making the same one.
    await rename(join(folder, 'database'), template).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    return template;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
