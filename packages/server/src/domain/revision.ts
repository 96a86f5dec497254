import { createHash } from 'node:crypto';
import { Buffer } from 'node:buffer';
import type { AppFile } from '@fapi/sdk/contract';
import { pack } from 'tar-stream';
import { sortFiles } from './limits.ts';

/** The one dependency layer there is, until apps have locks of their own. */
export const curatedLock = 'curated';

export interface Bundle {
  /** Hex. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** `sha256:<hex>` over the sorted files, the lock and the runtime settings: equal content, equal digest. The environment is not in it. */
export function digestOf(files: readonly AppFile[], lock: string = curatedLock, settings: Readonly<Record<string, string>> = {}): string {
  const hash = createHash('sha256');
  for (const { path, content } of sortFiles(files)) {
    const bytes = Buffer.from(content, 'utf8');
    // Lengths go in front, so that no file can continue another one.
    hash.update(`file ${Buffer.byteLength(path, 'utf8')} ${path} ${bytes.length}\n`).update(bytes);
  }
  hash.update(`lock ${lock}\n`);
  for (const [name, value] of Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1))) hash.update(`setting ${JSON.stringify([name, value])}\n`);
  return `sha256:${hash.digest('hex')}`;
}

/** A tar of the files: the same bytes for the same files, whoever builds it and when. */
export async function makeBundle(files: readonly AppFile[]): Promise<Bundle> {
  const archive = pack();
  for (const { path, content } of sortFiles(files)) archive.entry({ name: path, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' }, Buffer.from(content, 'utf8'));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}
