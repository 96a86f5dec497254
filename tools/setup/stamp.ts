import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../parts/paths.ts';

/** SHA-256 over the names and bytes of files, so that a step is done again exactly when what it reads has changed. */
export function digestFiles(patterns: readonly string[], also: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const text of also) hash.update(`${text}\0`);
  const files = globSync(patterns as string[], { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' || name === '__pycache__' });
  for (const file of files.filter((path) => statSync(join(root, path)).isFile()).toSorted()) hash.update(`${file}\0`).update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex');
}

const stampFile = (name: string): string => join(root, '.cache', 'stamps', name);

export function isStamped(name: string, digest: string): boolean {
  return existsSync(stampFile(name)) && readFileSync(stampFile(name), 'utf8') === digest;
}

/** Taken away first: a step that was killed halfway must not pass for the one before it when the sources go back. */
export function unstamp(name: string): void {
  rmSync(stampFile(name), { force: true });
}

/** Written last, so that a step that was killed halfway is done again. */
export function stamp(name: string, digest: string): void {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), digest);
}
