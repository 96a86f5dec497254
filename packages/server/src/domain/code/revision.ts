import { createHash } from 'node:crypto';
import type { AppFile } from '@fapi/sdk/contract';
import { pack } from 'tar-stream';
import { bytesOf, type ManifestEntry, sortFiles } from './files.ts';

/** Until apps have dependencies of their own, every revision runs on the one curated layer. */
export const curatedLock = 'curated';
const settings = '{}';

/** SHA-256 over the sorted paths and bytes, the lock and the runtime settings; equal content, equal digest. */
export function digestOf(files: readonly AppFile[]): string {
  const hash = createHash('sha256').update(`fapi-revision-1\0${curatedLock}\0${settings}\0`);
  // The length stands before the bytes, so that no two different sets of files can read alike.
  for (const file of sortFiles(files)) {
    const bytes = bytesOf(file);
    hash.update(`${file.path}\0${bytes.length}\0`).update(bytes);
  }
  return `sha256:${hash.digest('hex')}`;
}

const requirementFiles = new Set(['requirements.txt', 'pyproject.toml', 'uv.lock']);

/** What tells whether the code or what it depends on has changed: a digest of the files that say what is needed, and one of the others; empty where there are none. */
export interface Parts { code: string; dependencies: string }

export function partsOf(manifest: readonly Pick<ManifestEntry, 'path' | 'sha256'>[]): Parts {
  const digest = (entries: readonly Pick<ManifestEntry, 'path' | 'sha256'>[]): string => (entries.length === 0 ? '' : createHash('sha256').update(sortFiles(entries).map(({ path, sha256 }) => `${path} ${sha256}`).join('\n')).digest('hex'));
  return { code: digest(manifest.filter(({ path }) => !requirementFiles.has(path))), dependencies: digest(manifest.filter(({ path }) => requirementFiles.has(path))) };
}

export interface Bundle { sha256: string; bytes: Buffer }

/** A tar of the files, the same bytes for the same files: sorted, times zero, mode 0644. */
export async function makeBundle(files: readonly AppFile[]): Promise<Bundle> {
  const archive = pack();
  const chunks: Buffer[] = [];
  archive.on('data', (chunk: unknown) => chunks.push(chunk as Buffer));
  const ended = new Promise<void>((resolve, reject) => archive.on('end', resolve).on('error', reject));
  for (const file of sortFiles(files)) archive.entry({ name: file.path, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, bytesOf(file));
  archive.finalize();
  await ended;
  const bytes = Buffer.concat(chunks);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}
