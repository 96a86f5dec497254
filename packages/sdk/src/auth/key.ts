import type { Auth } from '../client-types.ts';
import { isBearer } from './bearer.ts';

/** A key that does not expire, or no credential at all. White space around it, as of a file that holds it, is no part of it. Throws a `TypeError` for what no header can carry: fetch would refuse each call, in words that hold the key. */
export function createKeyAuth(apiKey: string | undefined): Auth {
  const key = apiKey?.trim();
  if (key === '') throw new TypeError('apiKey is empty');
  if (key !== undefined && !isBearer(key)) throw new TypeError('apiKey must be one word, as the server made it');
  return {
    state: key === undefined ? 'anonymous' : 'signed_in',
    subscribe: () => () => {},
    authorization: async () => (key === undefined ? undefined : `Bearer ${key}`),
    reject: () => false,
    freeze: () => {},
    signOut: () => {},
    close: () => {},
  };
}
