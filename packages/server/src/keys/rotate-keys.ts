import { randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { resealEnvironments } from '../commands/environments/reseal-environments.ts';
import { readConfig } from '../config.ts';
import { createKeyRing } from '../domain/environments/key-ring.ts';
import { agreeOnKey } from '../store/access/server-keys.ts';
import { countSealed } from '../store/apps/environments.ts';
import { openDatabase } from '../store/database/open.ts';

export interface RotationReport {
  /** True when a new key was made; else the first one of `FAPI_ENVIRONMENT_KEY` was taken. */
  isNew: boolean;
  keyId: string;
  /** How many versions of environments were sealed anew. */
  count: number;
  /** Keys of the ring that nothing is sealed with any more. */
  free: string[];
  /** Keys that something is sealed with and that are not here. */
  missing: string[];
}

/**
 * Seals every environment with another key. The embedded database gets a new key, and the former ones leave its file: the server must be away, else this rejects with `LockedError`.
 * Where the keys are given by `FAPI_ENVIRONMENT_KEY`, or servers share a database, the first key seals, and the report says which others can leave.
 */
export async function rotateKeys(environment: NodeJS.ProcessEnv): Promise<RotationReport> {
  const config = readConfig(environment);
  const isNew = config.databaseUrl === undefined && !environment['FAPI_ENVIRONMENT_KEY'];
  const file = join(config.dataDir, 'environment-key');
  const database = await openDatabase(config);
  try {
    const keys = isNew ? ([`fek_${randomBytes(24).toString('base64url')}`, ...config.environmentKeys] as const) : config.environmentKeys;
    const ring = createKeyRing(keys as [string, ...string[]]);
    // Before anything is sealed with it: whatever ends this early, nothing is left that no key opens.
    if (isNew) await writeKeys(file, keys);
    // Where the key that servers seal with is not on the ring, it stays: the report says so when it has sealed anything.
    if (database.kind === 'postgres') await agreeOnKey(database.db, 'environment', ring.keyId, ring.olderKeyIds);
    const count = await resealEnvironments({ db: database.db, keyRing: ring }, new AbortController().signal);
    const sealed = await countSealed(database.db);
    const known = [ring.keyId, ...ring.olderKeyIds];
    const free = ring.olderKeyIds.filter((id) => !sealed.has(id));
    if (isNew && free.length === ring.olderKeyIds.length) await writeKeys(file, [keys[0]]);
    return { isNew, keyId: ring.keyId, count, free, missing: [...sealed.keys()].filter((id) => !known.includes(id)) };
  } finally {
    await database.close();
  }
}

async function writeKeys(file: string, keys: readonly string[]): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  await handle.writeFile(`${keys.join('\n')}\n`);
  await handle.sync();
  await handle.close();
  await rename(`${file}.new`, file);
}
