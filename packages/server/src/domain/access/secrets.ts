import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Text that nobody guesses, and what is kept of it: with so much randomness a plain digest says nothing. */
export function makeSecret(prefix: string): { text: string; hash: string } {
  const text = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { text, hash: hashOf(text) };
}

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares by digest, in a time that says nothing about where two secrets differ. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
