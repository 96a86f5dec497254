import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isBearer } from '../../auth/bearer.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliError } from '../failure.ts';
import { checkAddress, type ProjectFile } from '../project/find-project.ts';
import { readText } from '../project/read-text.ts';
import type { World } from '../world.ts';

/** Whom we talk to, and why. */
export interface Target {
  readonly url: string;
  /** Where the address stood, in words. */
  readonly from: string;
  readonly key: string;
  readonly keyFrom: string;
  readonly workspaceId: string | undefined;
}

interface DataFolder { readonly path: string; readonly key: string; readonly url: string }

const demoUrl = 'http://127.0.0.1:8787';

/**
 * `--server`, then FAPI_URL, then fapi.json, then a demo on this machine. FAPI_API_KEY goes to a server that its owner named (`--server`, FAPI_URL) and to one on this machine, never to another that only a project names: projects come
 * from others, who would have the key by it. Nor to a path on this machine that only a project names: who listens there may pass on what comes, wherever the path says. That of a demo's data folder goes to that demo only.
 */
export async function findTarget({ env, cwd }: Pick<World, 'env' | 'cwd'>, file: ProjectFile | undefined, options: { server: string | undefined; workspace: string | undefined }): Promise<Target> {
  const folders = await findDataFolders(env, cwd);
  const named = options.server ? [options.server, '--server'] : env['FAPI_URL'] ? [env['FAPI_URL'], 'FAPI_URL'] : file?.server ? [file.server, 'fapi.json'] : undefined;
  const url = named ? checkAddress(named[0]!, named[1]!) : (folders[0]?.url ?? demoUrl);
  const from = named ? named[1]! : 'the demo';
  const workspaceId = options.workspace ?? (env['FAPI_WORKSPACE'] || undefined) ?? file?.workspace;
  const key = env['FAPI_API_KEY']?.trim();
  if (key && from === 'fapi.json' && !isServerHere(url)) throw withheld(url);
  if (key && !isBearer(key)) throw new CliError('wrong_key', exitCodes.notAllowed, 'FAPI_API_KEY holds more than a key, or a letter that no key has; nothing was sent', { hints: ['set it to the one word that begins with fok_'] });
  if (key) return { url, from, key, keyFrom: 'FAPI_API_KEY', workspaceId };
  const own = folders.find((folder) => portOf(folder.url) === portOf(url));
  if (own && isLoopback(url)) return { url, from, key: own.key, keyFrom: join(own.path, 'operator-key'), workspaceId };
  throw new CliError('no_key', exitCodes.notAllowed, `there is no key for ${url}`, {
    hints: from === 'fapi.json' && !isLoopback(url) ? [permit(url)] : named ? ['set FAPI_API_KEY'] : ['start the demo in its clone (npm run demo) and run fapi there', 'or set FAPI_URL and FAPI_API_KEY'],
  });
}

const permit = (url: string): string => `if it is the server that your key is for, say so beside the key: export FAPI_URL=${url} FAPI_API_KEY=…, or --server ${url}`;

const withheld = (url: string): CliError => {
  const to = isLoopback(url) ? 'a path on this machine' : 'a server';
  return new CliError('key_withheld', exitCodes.notAllowed, `fapi.json names ${url}, and FAPI_API_KEY is not sent to ${to} that only a project names; nothing was sent`, { hints: [permit(url)] });
};

/** A whole server on this machine. */
const isServerHere = (url: string): boolean => {
  const { pathname, search } = new URL(url);
  return isLoopback(url) && pathname === '/' && search === '';
};

/** Addresses of this machine alone. */
export const isLoopback = (url: string): boolean => /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(new URL(url).hostname);

const portOf = (url: string): string => new URL(url).port || (url.startsWith('https:') ? '443' : '80');

/** Data folders of demos: the one that FAPI_DATA_DIR names, those on the way up, and that of the clone that this file is in. */
async function findDataFolders(env: NodeJS.ProcessEnv, cwd: string): Promise<DataFolder[]> {
  const upwards: string[] = [];
  for (const start of [cwd, import.meta.dirname]) for (let folder = start; ; folder = dirname(folder)) {
    upwards.push(join(folder, '.fapi'));
    if (dirname(folder) === folder) break;
  }
  const found: DataFolder[] = [];
  for (const path of env['FAPI_DATA_DIR'] ? [env['FAPI_DATA_DIR']] : new Set(upwards)) {
    if (!env['FAPI_DATA_DIR'] && !(await isOwn(path))) continue;
    const read = (name: string): Promise<string> => readText(join(path, name)).then((text) => text.trim(), () => '');
    const [key, address] = [await read('operator-key'), await read('address')];
    // A project can bring a data folder too: it must not lead anywhere else.
    if (key !== '') found.push({ path, key, url: URL.canParse(address) && isServerHere(address) ? address : env['FAPI_PORT'] ? `http://127.0.0.1:${env['FAPI_PORT']}` : demoUrl });
  }
  return found;
}

/** On the way up are folders that everybody writes to, such as /tmp: with somebody else's data folder there our code would go to their server. */
async function isOwn(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && (process.getuid === undefined || found.uid === process.getuid());
}
