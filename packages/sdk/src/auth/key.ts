import type { Auth } from '../client-types.ts';

/** A key that does not expire, or no credential at all. */
export function createKeyAuth(apiKey: string | undefined): Auth {
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
