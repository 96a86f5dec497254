import { dirname, join, resolve } from 'node:path';
import { CliError, usageError } from '../failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { readText } from './read-text.ts';
import { writeWhole } from './write-whole.ts';

export const projectFileName = 'fapi.json';
/** Ours in a project folder: what was pulled last. Never sent. */
export const stateFolderName = '.fapi';

/** What fapi.json says. It goes into version control, so that no secret may be in it. */
export interface ProjectFile { readonly server?: string; readonly app?: string; readonly workspace?: string }

export interface Project {
  readonly folder: string;
  /** Undefined when there is no fapi.json. */
  readonly file: ProjectFile | undefined;
}

const names = ['server', 'app', 'workspace'] as const;

/** The folder that was named, or the nearest one upwards with a fapi.json, or the present one. */
export async function findProject(cwd: string, named: string | undefined): Promise<Project> {
  const start = resolve(cwd, named ?? '.');
  if (named !== undefined) return { folder: start, file: await readProjectFile(start) };
  for (let folder = start; ; folder = dirname(folder)) {
    const file = await readProjectFile(folder);
    if (file) return { folder, file };
    if (dirname(folder) === folder) return { folder: start, file: undefined };
  }
}

/** Throws a usage error for what it does not understand, and for secrets. */
export async function readProjectFile(folder: string): Promise<ProjectFile | undefined> {
  const path = join(folder, projectFileName);
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new CliError('project_unreadable', exitCodes.failed, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, {}, { cause: error });
  }
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw usageError(`${path} is not JSON`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw usageError(`${path} must hold an object such as {"app": "app_…"}`);
  for (const [name, value] of Object.entries(json)) {
    if (isSecret(name, value)) throw usageError(`${path} holds what looks like a secret ("${name}"): the file is shared and kept in version control`, 'take it out, make a new key if the file was ever committed, and put that into FAPI_API_KEY');
    if (!(names as readonly string[]).includes(name)) throw usageError(`${path} holds "${name}", which is not known: it may hold ${names.join(', ')}`);
    if (typeof value !== 'string' || value === '') throw usageError(`"${name}" in ${path} must be a text`);
  }
  const file = json as ProjectFile;
  if (file.server !== undefined) checkAddress(file.server, `"server" in ${path}`);
  return file;
}

/** Changes what is named, keeps the rest. */
export async function writeProjectFile(folder: string, change: ProjectFile): Promise<void> {
  const merged = { ...(await readProjectFile(folder)), ...change };
  const kept = Object.fromEntries(names.flatMap((name) => (merged[name] === undefined ? [] : [[name, merged[name]]])));
  await writeWhole(join(folder, projectFileName), `${JSON.stringify(kept, null, 2)}\n`);
}

/** The origin of a server, without a path at its end; throws a usage error that names where the text stands. */
export function checkAddress(text: string, place: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw usageError(`${place} must be an address such as https://fapi.example, and is "${url ? text : text.replace(/\/\/[^/@]*@/, '//…@')}"`);
  if (url.username !== '' || url.password !== '') throw usageError(`${place} holds a name or a password: an address is shown and logged`, 'put the key into FAPI_API_KEY');
  return url.href.replace(/\/+$/, '');
}

function isSecret(name: string, value: unknown): boolean {
  return /key|token|secret|passw|credential|bearer/i.test(name) || (typeof value === 'string' && /^(fak|fok|fck|fet|fek)_/.test(value));
}
