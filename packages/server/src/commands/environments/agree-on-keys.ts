import { hkdfSync } from 'node:crypto';
import type { KeyRing } from '../../domain/environments/key-ring.ts';
import { agreeOnKey, noteKey } from '../../store/access/server-keys.ts';
import type { Database } from '../../store/schema.ts';
import type { Logger } from '../context.ts';

/**
 * The id of the key that servers of this database seal with, when it is not on the ring; undefined when all is well, and then the ring's first key is the one that seals.
 * With `isAccepted` it is so in any case.
 */
export async function findForeignKey(db: Database, { keyId, olderKeyIds }: KeyRing, isAccepted: boolean): Promise<string | undefined> {
  const noted = await agreeOnKey(db, 'environment', keyId, olderKeyIds);
  if (noted === keyId || olderKeyIds.includes(noted)) return undefined;
  if (!isAccepted) return noted;
  await noteKey(db, 'environment', keyId);
  return undefined;
}

/** Why a server does not start beside others with a key that it has not, and the two ways out. */
export const sayForeign = (keyId: string): string => `Servers of this database seal environments with the key ${keyId}, which is not here (environment_key_missing): give all of them the same FAPI_ENVIRONMENT_KEY (without it each makes one of its own, in the file environment-key of its data folder), or set FAPI_ACCEPT_LOST_KEYS=1 to go on with the key of this server alone.`;

/** Servers that take different keys refuse each other's callers at random. It stops no start: these keys may be changed at any one. */
export async function warnOfOtherKeys(db: Database, keys: { operator: string; controller: string }, logger: Logger): Promise<void> {
  for (const name of ['operator', 'controller'] as const) {
    const keyId = idOf(name, keys[name]);
    if ((await agreeOnKey(db, name, keyId)) === keyId) continue;
    await noteKey(db, name, keyId);
    logger.warn({ variable: `FAPI_${name.toUpperCase()}_KEY` }, `the ${name} key is another one than that of the server that was started before on this database: all servers of a database need the same`);
  }
}

const idOf = (name: string, key: string): string => Buffer.from(hkdfSync('sha256', key, '', `fapi ${name} id`, 6)).toString('hex');
