import type { Auth } from '../client-types.ts';
import { isBearer } from './bearer.ts';

/** A key that does not expire, or no credential at all. Throws a `TypeError` for what no header can carry: fetch would refuse each call, in words that hold the key. */
export function createKeyAuth(apiKey: string | undefined): Auth {
  if (apiKey !== undefined && !isBearer(apiKey)) throw new TypeError('apiKey must be one word, as the server made it');
  return {
    state: apiKey === undefined ? 'anonymous' : 'signed_in',
    subscribe: () => () => {},
    authorization: async () => (apiKey === undefined ? undefined : `Bearer ${apiKey}`),
    reject: () => false,
    freeze: () => {},
    signOut: () => {},
    close: () => {},
  };
}
