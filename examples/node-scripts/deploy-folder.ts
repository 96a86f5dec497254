// node deploy-folder.ts <folder> [app id]      Makes what is live like a folder; without an id it makes the app.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { App, AppFile, Deployment } from '@fapi/sdk';
import { connect, readArguments } from './connect.ts';

const [folder, appId] = readArguments(1, 'deploy-folder.ts <folder> [app id]') as [string, string?];
const fapi = connect();

const files = await readFiles(resolve(folder));
const deployment = appId === undefined ? await deployNew(files) : await deployChanges(await fapi.apps.read(appId), files);
console.error(`${deployment.appId}: ${deployment.revision}`);

for await (const { status, stages } of fapi.deployments.follow(deployment)) console.error(status, stages.at(-2)?.durationMs?.toFixed(1) ?? '');
const { status, url, message, failure } = await fapi.deployments.read(deployment.appId, deployment.id);
if (status === 'live') console.log(url);
else console.error(message, failure?.frames.at(-1) ?? '');
fapi.close();
process.exitCode = status === 'live' ? 0 : 1;

/** Nothing hidden, nothing that was made from the rest, and not whose app a folder of the command line is. */
async function readFiles(root: string): Promise<AppFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const wanted = paths.filter((path) => !/(^|\/)(\.|__pycache__\/|node_modules\/|fapi\.json$)/.test(path));
  return Promise.all(wanted.toSorted().map(async (path) => toFile(path, await readFile(join(root, path)))));
}

/** Text as it is, and any other bytes in base64. */
function toFile(path: string, bytes: Buffer): AppFile {
  return isUtf8(bytes) && !bytes.includes(0) ? { path, content: bytes.toString('utf8') } : { path, content: bytes.toString('base64'), encoding: 'base64' };
}

async function deployNew(files: AppFile[]): Promise<Deployment> {
  const app = await fapi.apps.create({ title: basename(resolve(folder)), files });
  return fapi.deployments.create(app.id, { draftVersion: app.draftVersion });
}

/** Sends only what has changed, and of that only texts that the app has never had; saving and deploying are one act. */
async function deployChanges(app: App, files: AppFile[]): Promise<Deployment> {
  const draft = await fapi.drafts.read(app.id);
  const before = new Map(draft.files.map(({ path, content }) => [path, content]));
  const changed = files.filter(({ path, content }) => before.get(path) !== content).map((file) => ({ file, sha256: createHash('sha256').update(file.content, file.encoding ?? 'utf8').digest('hex') }));
  const { needs } = await fapi.drafts.need(app.id, changed.map(({ sha256 }) => sha256));
  const put = changed.map(({ file, sha256 }) => (needs.includes(sha256) ? file : { path: file.path, sha256 }));
  const remove = [...before.keys()].filter((path) => !files.some((file) => file.path === path));
  return fapi.deployments.create(app.id, { draftVersion: draft.version, patch: { put, remove } });
}
