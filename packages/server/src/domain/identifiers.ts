import { randomBytes } from 'node:crypto';

/** 32 symbols, so that every byte maps evenly. Without 0, 1, l and o: people read these ids to each other. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

export function randomLetters(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}
export const makeAppId = (): string => `app_${randomLetters(20)}`;
export const makeDeploymentId = (): string => `dep_${randomLetters(20)}`;
export const makeApiKeyId = (): string => `key_${randomLetters(20)}`;
