import { createHash } from 'node:crypto';

/** SHA-256 of the UTF-8 bytes, hexadecimal: what the server names a text by. */
export const hashOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
