import type { KeyRing } from '../../domain/environments/key-ring.ts';
import { countSealed } from '../../store/apps/environments.ts';
import type { Database } from '../../store/schema.ts';

export interface LostKey { keyId: string; count: number }

/** The keys that are not on the ring, and how many versions of environments are sealed with each. */
export async function findLostKeys(db: Database, { keyId, olderKeyIds }: KeyRing): Promise<LostKey[]> {
  const sealed = await countSealed(db);
  return [...sealed].filter(([id]) => id !== keyId && !olderKeyIds.includes(id)).map(([id, count]) => ({ keyId: id, count }));
}

/** Why no server starts without them, and the two ways out. */
export function sayLost(lost: readonly LostKey[]): string {
  const versions = lost.reduce((sum, { count }) => sum + count, 0);
  const keys = `${lost.length === 1 ? 'the key' : 'the keys'} ${lost.map(({ keyId }) => keyId).join(', ')}, which ${lost.length === 1 ? 'is' : 'are'} not here`;
  return `${versions} ${versions === 1 ? 'version' : 'versions'} of environments in the database ${versions === 1 ? 'is' : 'are'} sealed with ${keys} (environment_key_missing): add what is missing to FAPI_ENVIRONMENT_KEY or to the file environment-key, behind the key that writes, or set FAPI_ACCEPT_LOST_KEYS=1 to start without those values, which then have to be written anew.`;
}
