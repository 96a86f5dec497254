import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AppFile } from '../../contract/files.ts';
import { findPathClashes, findPathProblem, limits, type PathProblem } from '../../contract/paths.ts';
import type { Issue } from '../../contract/problem.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { projectFileName } from './find-project.ts';
import { hashOf } from './hash.ts';
import { type Ignored, readIgnored } from './ignored.ts';

export interface LocalFile extends AppFile { readonly sha256: string }
export interface Scan {
  readonly files: ReadonlyMap<string, LocalFile>;
  /** Links, which are never followed: they may lead out of the folder. */
  readonly links: readonly string[];
  /** Folders inside that are projects of their own: they have a fapi.json, and the app has nothing of them. */
  readonly nested: readonly string[];
}

/** A folder with so many files is not the one that was meant. */
const mostEntries = 5_000;
const words: Record<PathProblem, string> = {
  empty: 'a file needs a name', absolute: 'a path must be relative', too_long: `a path has at most ${limits.pathBytes} bytes`, too_deep: `a path has at most ${limits.pathSegments} names`,
  dots: 'a path must not have . or ..', empty_segment: 'a path must not have empty names', bad_start: 'a name must begin with a letter, a digit or _', bad_character: 'names are made of A-Z a-z 0-9 _ . -', reserved: 'Windows keeps this name for itself',
};

/**
 * The files of the project: all that is not ignored, and what was pulled (`known`) though it is. Throws with every reason at once when the server would not take them.
 */
export async function readFiles(folder: string, known: readonly string[] = []): Promise<Scan> {
  const { paths, links, nested } = await listPaths(folder, known);
  const issues: Issue[] = [];
  const files = new Map<string, LocalFile>();
  let bytes = 0;
  for (const path of paths) {
    const problem = findPathProblem(path);
    if (problem) issues.push({ path, message: words[problem] });
    bytes += (await lstat(join(folder, path)).catch(ignoreGone))?.size ?? 0;
    // What is too large in any case is not read.
    if (problem || bytes > limits.draftBytes) continue;
    const raw = await readFile(join(folder, path)).catch(ignoreGone);
    if (!raw) continue;
    files.set(path, { path, ...toContent(raw), sha256: hashOf(raw) });
  }
  for (const { index, other } of findPathClashes(paths)) issues.push({ path: paths[index]!, message: `cannot stand beside ${other} on every machine` });
  if (paths.length > limits.files) issues.push({ path: '', message: 'too many files', used: paths.length, limit: limits.files });
  if (bytes > limits.draftBytes) issues.push({ path: '', message: 'too many bytes', used: bytes, limit: limits.draftBytes });
  if (issues.length > 0) throw refusal(folder, issues);
  return { files, links, nested };
}

/** Editors make files for a moment: what is gone by now was never there. */
function ignoreGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function listPaths(root: string, known: readonly string[]): Promise<{ paths: string[]; links: string[]; nested: string[] }> {
  const paths = new Set<string>();
  const [links, nested]: [string[], string[]] = [[], []];
  const walk = async (folder: string, ignored: Ignored): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    if (folder !== '' && entries.some((entry) => entry.name === projectFileName && entry.isFile()) && !known.some((path) => path.startsWith(`${folder}/`))) return void nested.push(folder);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (ignored.isIgnored(path, entry.isDirectory())) continue;
      if (entry.isDirectory()) await walk(path, await ignored.enter(path));
      else if (entry.isFile()) paths.add(path);
      else if (entry.isSymbolicLink()) links.push(path);
      if (paths.size > mostEntries) throw refusal(root, [{ path: '', message: `more than ${mostEntries} files, and an app has`, used: paths.size, limit: limits.files }]);
    }
  };
  await walk('', await readIgnored(root));
  for (const path of known) if (!paths.has(path) && (await isInside(root, path))) paths.add(path);
  return { paths: [...paths].toSorted(), links: links.toSorted(), nested: nested.toSorted() };
}

/** A file, and on the way to it no link: what was pulled is named by a file that others may have made. */
async function isInside(root: string, path: string): Promise<boolean> {
  for (let folder = dirname(path); folder !== '.' && folder !== '/'; folder = dirname(folder)) {
    if (!(await lstat(join(root, folder)).catch(() => undefined))?.isDirectory()) return false;
  }
  return (await lstat(join(root, path)).catch(() => undefined))?.isFile() === true;
}

/** Text where it is one. */
function toContent(bytes: Buffer): Pick<AppFile, 'content' | 'encoding'> {
  try {
    if (!bytes.includes(0)) return { content: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    // No text.
  }
  return { content: bytes.toString('base64'), encoding: 'base64' };
}

function refusal(folder: string, issues: readonly Issue[]): CliError {
  const isOverLimit = issues.some(({ limit }) => limit !== undefined);
  return new CliError('files_refused', exitCodes.failed, `the server would not take the files in ${folder}; nothing was sent`, {
    issues, hints: [isOverLimit ? 'leave out what the app does not need, by lines in .fapiignore' : 'rename them, or name them in .fapiignore (as in .gitignore)'],
  });
}
