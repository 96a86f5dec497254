/** No token could be had: the portal's backend refused or did not answer. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}
