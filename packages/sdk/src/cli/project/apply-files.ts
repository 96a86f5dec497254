import { lstat, mkdir, readFile, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AppFile } from '../../contract/files.ts';
import { findPathProblem } from '../../contract/paths.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { stateFolderName } from './find-project.ts';
import { bytesOf, hashOf } from './hash.ts';
import { notOurs, type Pulled, pulledFileName } from './pulled.ts';
import { readText } from './read-text.ts';
import { writeFlushed, writeWhole } from './write-whole.ts';

/** What becomes of a folder. */
export interface FolderChange {
  readonly write: readonly AppFile[];
  readonly remove: readonly string[];
  /** What is common with the server afterwards. */
  readonly pulled: Pulled;
}

/** A step that is written down before it is done. `before` is what the file was: who changed it meanwhile keeps that. */
interface Step { readonly path: string; readonly before: string | null; /** The staged file; null to remove. */ readonly from: string | null; readonly after: string | null }

const [stageName, planName] = ['incoming', 'plan.json'];

/**
 * Writes and removes files as one change. Everything is laid beside its place first, with a plan; then it is moved. A kill leaves each file old or new, and `finishApplying` does the rest of the plan.
 * Throws when a path leads out of the folder.
 */
export async function applyFiles(folder: string, { write, remove, pulled }: FolderChange): Promise<void> {
  for (const path of [...write.map((file) => file.path), ...remove]) await checkPlace(folder, path);
  const state = await openState(folder);
  const stage = join(state, stageName);
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage);
  const steps: Step[] = [];
  for (const file of write) {
    const [from, bytes] = [String(steps.length), bytesOf(file)];
    await writeFlushed(join(stage, from), bytes);
    steps.push({ path: file.path, before: await hashOfFile(join(folder, file.path)), from, after: hashOf(bytes) });
  }
  for (const path of remove) steps.push({ path, before: await hashOfFile(join(folder, path)), from: null, after: null });
  await writeFlushed(join(stage, pulledFileName), JSON.stringify(pulled));
  await writeWhole(join(stage, planName), JSON.stringify({ steps }));
  await finishApplying(folder);
}

/** Does what a killed pull had still to do; throws away what had no plan yet. True when there was something to do. */
export async function finishApplying(folder: string): Promise<boolean> {
  await refuseLinks(folder);
  const stage = join(folder, stateFolderName, stageName);
  const plan = join(stage, planName);
  const text = await readText(plan).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTFILE') throw notOurs(plan);
    return undefined;
  });
  if (text === undefined) {
    await rm(stage, { recursive: true, force: true });
    return false;
  }
  const steps = readSteps(text);
  if (!steps) throw notOurs(plan);
  for (const { path, before, from, after } of steps) {
    await checkPlace(folder, path);
    const target = join(folder, path);
    const now = await hashOfFile(target);
    if (now === after || now !== before) continue;
    if (from === null) await removeFile(folder, path);
    else {
      // It is what was laid there by whoever made the plan, or it is nothing that was pulled.
      if ((await hashOfFile(join(stage, from))) !== after) throw notOurs(plan);
      await mkdir(dirname(target), { recursive: true });
      await rename(join(stage, from), target);
    }
  }
  await rename(join(stage, pulledFileName), join(folder, stateFolderName, pulledFileName)).catch((error: NodeJS.ErrnoException) => {
    // It was moved, and the kill came before the plan was gone.
    if (error.code !== 'ENOENT') throw error;
  });
  await rm(stage, { recursive: true, force: true });
  return true;
}

/** A project comes from others, and with it a plan may: it names files beside itself only. Undefined for what is none of ours. */
function readSteps(text: string): Step[] | undefined {
  try {
    const { steps } = JSON.parse(text) as { steps: Step[] };
    const isOurs = steps.every(({ path, before, from, after }) => typeof path === 'string' && [before, after].every((hash) => hash === null || typeof hash === 'string') && (from === null || (typeof from === 'string' && /^\d{1,9}$/.test(from))));
    return isOurs ? steps : undefined;
  } catch {
    return undefined;
  }
}

/** Through a link in the place of the folder that is ours we would write and remove elsewhere. */
async function refuseLinks(folder: string): Promise<void> {
  for (const path of [join(folder, stateFolderName), join(folder, stateFolderName, stageName)]) {
    const found = await lstat(path).catch(() => undefined);
    if (found && !found.isDirectory()) throw notOurs(path);
  }
}

/** Remembers what folder and server have in common, without a change of files. */
export async function writePulled(folder: string, pulled: Pulled): Promise<void> {
  await writeWhole(join(await openState(folder), pulledFileName), `${JSON.stringify(pulled)}\n`);
}

/** Makes the folder of what is ours alone; version control does not see it. */
async function openState(folder: string): Promise<string> {
  await refuseLinks(folder);
  const state = join(folder, stateFolderName);
  await mkdir(state, { recursive: true });
  if ((await lstat(join(state, '.gitignore')).catch(() => undefined)) === undefined) await writeWhole(join(state, '.gitignore'), '*\n');
  return state;
}

/** A draft is made by others: its paths must stay inside, and so must the folders that they go through. */
async function checkPlace(folder: string, path: string): Promise<void> {
  if (findPathProblem(path)) throw new CliError('outside_folder', exitCodes.failed, `the draft holds "${path}", which cannot be written into a folder; nothing was`);
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    const found = await lstat(join(folder, parent)).catch(() => undefined);
    if (found && !found.isDirectory()) throw new CliError('outside_folder', exitCodes.failed, `${parent} is ${found.isSymbolicLink() ? 'a link' : 'a file'} here, and ${path} of the draft would go through it`, { hints: [`move ${parent} away`] });
  }
  if ((await lstat(join(folder, path)).catch(() => undefined))?.isDirectory()) throw new CliError('outside_folder', exitCodes.failed, `${path} is a folder here and a file in the draft`, { hints: [`move ${path} away`] });
}

async function removeFile(folder: string, path: string): Promise<void> {
  await rm(join(folder, path), { force: true });
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    if ((await readdir(join(folder, parent)).catch(() => ['']))[0] !== undefined) return;
    await rmdir(join(folder, parent));
  }
}

/** Null when there is none. A link counts as what it is: its text is never read. */
async function hashOfFile(path: string): Promise<string | null> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return null;
  return found.isFile() ? hashOf(await readFile(path)) : 'link';
}
