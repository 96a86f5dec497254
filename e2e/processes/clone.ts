import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../tools/parts/paths.ts';

export interface Clone {
  readonly root: string;
  /** Below the clone. */
  path(...parts: string[]): string;
  remove(): Promise<void>;
}

export interface CloneOptions {
  /** With our packages, else as a fresh clone has it. */
  packages: boolean;
  /** With our Python environments, else as a fresh clone has it. */
  python: boolean;
}

/** This checkout in a folder of its own, without what the commands make, so that a test may break its set-up. */
export async function cloneCheckout({ packages, python }: CloneOptions): Promise<Clone> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-clone-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter((file) => file !== '');
  for (const inner of new Set(files.map((file) => dirname(file)))) mkdirSync(join(folder, inner), { recursive: true });
  // What is deleted and not committed is still listed.
  for (const file of files) if (existsSync(join(root, file))) copyFileSync(join(root, file), join(folder, file));
  if (packages) await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  if (python) {
    await mkdir(join(folder, '.cache/stamps'), { recursive: true });
    await symlink(join(root, '.cache/python'), join(folder, '.cache/python'));
    await cp(join(root, '.cache/stamps/python'), join(folder, '.cache/stamps/python'));
  }
  return { root: folder, path: (...parts) => join(folder, ...parts), remove: () => rm(folder, { recursive: true, force: true }) };
}
