import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../parts/paths.ts';
import { lastWords, run, SetupError } from '../step.ts';

/** Everything that is made here, by the digest of what it is made of. */
export const imageCache = join(root, '.cache/node-images');

/** A root file system as folders above each other, the topmost first, and the digest of what it was made from. */
export interface Root { key: string; folders: readonly string[] }

export const digest = (...parts: unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

/** Runs a shell script in a mount namespace of its own, so that no mount outlives it. */
export async function inMounts(script: string, what: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const outcome = await run('unshare', ['--mount', '--propagation', 'private', 'bash', '-euo', 'pipefail', '-c', script], { cwd: root, env });
  if (outcome.code !== 0) throw new SetupError(`${what} failed; its last words:\n${lastWords(outcome)}`);
  return outcome.stdout;
}

/** A folder that is empty and in memory for each script that begins with `mountScratch`: not /tmp, where the clone itself may lie. */
export const scratch = join(imageCache, 'scratch');
export const mountScratch = `mkdir -p ${quote(scratch)}; mount -t tmpfs tmpfs ${quote(scratch)}`;

/** The words of a script that show a root at a folder, to read. */
export const showRoot = ({ folders }: Root, at: string): string => `mkdir -p ${quote(at)} ${empty()}; mount -t overlay overlay -o ${quote(`lowerdir=${[...folders, emptyFolder].join(':')},ro`)} ${quote(at)}`;

/** A root with one folder more on top, which `script` fills: it finds the whole root at `$R`. Made once for a base, a script and what that reads, whose digest is `inputs`. */
export async function extendRoot(base: Root, inputs: string, what: string, script: string, env?: NodeJS.ProcessEnv): Promise<Root> {
  const key = digest(base.key, inputs, script);
  const folder = join(imageCache, 'roots', key);
  const made = { key, folders: [folder, ...base.folders] };
  if (existsSync(`${folder}.done`)) return made;
  const work = join(imageCache, 'work', key);
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'mounts/root'), { recursive: true });
  for (const name of ['upper', 'overlay']) await mkdir(join(work, name));
  await mkdir(emptyFolder, { recursive: true });
  const lower = [...base.folders, emptyFolder].join(':');
  await inMounts(`R=${quote(join(work, 'mounts/root'))} M=${quote(join(work, 'mounts'))}; mount -t overlay overlay -o ${quote(`lowerdir=${lower},upperdir=${join(work, 'upper')},workdir=${join(work, 'overlay')}`)} "$R"\n${script}`, what, env);
  await mkdir(join(folder, '..'), { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await rename(join(work, 'upper'), folder);
  await rm(work, { recursive: true, force: true });
  await writeFile(`${folder}.done`, '');
  return made;
}

const emptyFolder = join(imageCache, 'empty');
const empty = (): string => quote(emptyFolder);
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
export const nothing: Root = { key: 'nothing', folders: [] };
