import type { FetchToken } from '@fapi/sdk';

/** A portal's backend: the tokens token-1, token-2 ... */
export function mint(expiresInSeconds = 600): { fetchToken: FetchToken; reasons: string[] } {
  const reasons: string[] = [];
  return { reasons, fetchToken: async ({ reason }) => ({ token: `token-${reasons.push(reason)}`, expiresInSeconds }) };
}
