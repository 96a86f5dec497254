/** Cryptographic randomness as a parameter: so many bytes. */
export type Randomness = (bytes: number) => Uint8Array;

// 32 characters, so that a byte maps without a bias.
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

export function makeLabel(randomness: Randomness, length: number): string {
  return Array.from(randomness(length), (byte) => alphabet[byte & 31]).join('');
}

/** An id such as `app_k3v9…`: 80 random bits behind a prefix that names the noun. */
export function makeId(prefix: 'app' | 'dep' | 'ses' | 'req', randomness: Randomness): string {
  return `${prefix}_${makeLabel(randomness, 16)}`;
}
