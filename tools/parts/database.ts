import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../packages/server/src/store/database/open.ts';
import { openPglite } from '../../packages/server/src/store/database/pglite.ts';
import { root } from './paths.ts';
import { layTemplate } from './template.ts';

const store = 'packages/server/src/store/database';
const engine = ['node_modules/@electric-sql/pglite/package.json', `${store}/pglite/engine.ts`];

/** While somebody holds it, each thread of this process that starts the engine finds its code compiled: the second start takes half as long. */
let code: Promise<WebAssembly.Module> | undefined;
const holdCode = (): Promise<WebAssembly.Module> => (code ??= readFile(join(root, 'node_modules/@electric-sql/pglite/dist/pglite.wasm')).then((bytes) => WebAssembly.compile(bytes)));

/** Lays an empty database of the newest shape into a data folder: to make one takes seconds, to copy one a moment. What a server does without one is another test's business. */
export async function layDatabase(dataDir: string): Promise<void> {
  await holdCode();
  const steps = (await readdir(join(root, store, 'migrations'))).toSorted().map((name) => `${store}/migrations/${name}`);
  await layTemplate('databases', await keyOf([...engine, `${store}/migrations.ts`, ...steps]), async (folder) => {
    await (await openDatabase({ databaseUrl: undefined, dataDir: folder })).close();
    return join(folder, 'database');
  }, join(dataDir, 'database'));
}

/** Lays one that has no tables yet. */
export async function layEngine(dataDir: string): Promise<void> {
  await holdCode();
  await layTemplate('databases', `${await keyOf(engine)}-bare`, async (folder) => {
    await (await openPglite(folder)).close();
    return join(folder, 'database');
  }, join(dataDir, 'database'));
}

/** Changes with any of these files. */
async function keyOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}
