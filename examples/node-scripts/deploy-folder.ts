import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, readArguments } from './connect.ts';

/** Makes a folder the draft of an app, a new one or one by its id, and deploys it. */
const [folder, appId] = readArguments(1, 'deploy-folder.ts <folder> [app id]') as [string, string | undefined];
const fapi = connect();

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/(^|\/)(\.|__pycache__)/.test(`${entry.parentPath}/${entry.name}`.slice(folder.length)))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: path.slice(join(folder, '/').length), content: readFileSync(path, 'utf8') }));

const app = appId === undefined ? await fapi.apps.create({ title: folder.split('/').at(-1) || 'App', files }) : await fapi.apps.read(appId);
const draft = appId === undefined ? await fapi.drafts.read(app.id) : await fapi.drafts.save(app.id, { version: app.draftVersion, files });
const deployment = await fapi.deployments.create(app.id, { draftVersion: draft.version, comment: `from ${folder}` });

for await (const { status } of fapi.deployments.follow(deployment)) console.error(status);
const { status, url, failure, message } = await fapi.deployments.read(app.id, deployment.id);
if (status === 'live') console.log(`${app.id} ${url}`);
else {
  const frame = failure?.frames.at(-1);
  console.error(`${status}: ${failure?.message ?? message}${frame ? ` (${frame.file}:${frame.line})` : ''}`);
  process.exitCode = 1;
}
fapi.close();
