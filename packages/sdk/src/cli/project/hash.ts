import { createHash } from 'node:crypto';
import type { AppFile } from '../../contract/files.ts';

/** The bytes of a file as they are on a disk. */
export const bytesOf = ({ content, encoding }: Pick<AppFile, 'content' | 'encoding'>): Buffer => Buffer.from(content, encoding ?? 'utf8');

/** SHA-256 of the bytes, hexadecimal: what the server names a content by. A text is its UTF-8 bytes. */
export const hashOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
