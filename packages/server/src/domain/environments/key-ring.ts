import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { DomainError } from '../errors.ts';

/** What a sealed value belongs to: moved to another place it does not open. */
export interface Place { appId: string; version: number; name: string; scope: string }

export interface KeyRing {
  /** Names the key that seals. */
  readonly keyId: string;
  /** Names the keys that only open. */
  readonly olderKeyIds: readonly string[];
  /** AES-256-GCM with a nonce of its own, as base64 of nonce, tag and ciphertext. */
  seal(value: string, place: Place): string;
  /** Throws `environment_unreadable` when the key is not on the ring or the value was changed or moved. */
  open(sealed: string, keyId: string, place: Place): string;
  /** Names a text that may hold secrets: without a key nobody can try which text it was. */
  fingerprint(text: string): string;
  /** Also of a fingerprint that another key of the ring has made. */
  isFingerprint(fingerprint: string, text: string): boolean;
}

const [nonceBytes, tagBytes] = [12, 16];

/** The first key seals, all of them open: a new one is put in front, and the old one leaves when nothing needs it any more. */
export function createKeyRing([newest, ...older]: readonly [string, ...string[]]): KeyRing {
  const writing = deriveKey(newest);
  const keys = new Map([writing, ...older.map(deriveKey)].map(({ id, key }) => [id, key]));
  return {
    keyId: writing.id,
    olderKeyIds: [...keys.keys()].filter((id) => id !== writing.id),
    seal(value, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', writing.key, nonce).setAAD(aadOf(place));
      const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
    },
    open(sealed, keyId, place) {
      const key = keys.get(keyId);
      if (!key) throw new DomainError('environment_unreadable', `it was written with the key ${keyId}: put that one into FAPI_ENVIRONMENT_KEY, behind the key that writes`);
      const bytes = Buffer.from(sealed, 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes }).setAAD(aadOf(place)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
      } catch {
        throw new DomainError('environment_unreadable', `the value of ${place.name} in version ${place.version} is not what was written`);
      }
    },
    fingerprint: (text) => fingerprintWith(writing.key, digestOf(text)),
    isFingerprint(fingerprint, text) {
      const digest = digestOf(text);
      return [...keys.values()].some((key) => fingerprintWith(key, digest) === fingerprint);
    },
  };
}

function deriveKey(text: string): { id: string; key: Buffer } {
  const derive = (purpose: string, bytes: number): Buffer => Buffer.from(hkdfSync('sha256', text, '', `fapi environment ${purpose}`, bytes));
  return { id: derive('id', 6).toString('hex'), key: derive('key', 32) };
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
const fingerprintWith = (key: Buffer, digest: Buffer): string => createHmac('sha256', key).update(digest).digest('hex');

const aadOf = ({ appId, version, name, scope }: Place): Buffer => Buffer.from(JSON.stringify([appId, version, name, scope]), 'utf8');
