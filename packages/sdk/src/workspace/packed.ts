import type { AppFile } from '../contract/files.ts';

/** The content of a file as one string, to be kept and compared: no text holds NUL, so that what begins with one is base64. */
export const pack = ({ content, encoding }: Pick<AppFile, 'content' | 'encoding'>): string => (encoding === 'base64' ? `\0${content}` : content);

export const unpack = (path: string, packed: string): AppFile => (packed.startsWith('\0') ? { path, content: packed.slice(1), encoding: 'base64' } : { path, content: packed });

/** Files by their path, packed. */
export const packFiles = (files: readonly AppFile[]): Map<string, string> => new Map(files.map((file) => [file.path, pack(file)]));
