import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSystem } from '../../server/test/parts/system.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const node = (args: readonly string[], cwd: string, environment: Record<string, string> = {}): Promise<{ stdout: string }> =>
  run(process.execPath, args, { cwd, env: { ...process.env, NODE_OPTIONS: '', ...environment }, timeout: 60_000 });

const portal = `
import { createClient, isApiError, isSettled, type App, type Deployment, type FapiClient } from '@fapi/sdk';
import { App as AppSchema, routes } from '@fapi/sdk/contract';
import { createTokenHandler, nodeListener } from '@fapi/sdk/portal';
import { createWorkspace, type AppSnapshot } from '@fapi/sdk/workspace';
import { createServer } from 'node:http';

const fapi: FapiClient = createClient({ baseUrl: process.env.BASE_URL!, apiKey: process.env.KEY! });
const app: App = await fapi.apps.create({ title: 'Hello', files: [{ path: 'main.py', content: 'x = 1\\n' }] });
const deployment: Deployment = await fapi.deployments.create(app.id, { draftVersion: app.draftVersion });
const status: 'queued' | 'validating' | 'preparing' | 'starting' | 'verifying' | 'live' | 'failed' | 'cancelled' | 'superseded' | 'stopped' = deployment.status;
for await (const one of fapi.apps.list()) console.log(one.title, status, isSettled(deployment), AppSchema !== undefined, routes.apps.read.path);
const workspace = createWorkspace(fapi);
export const show = (snapshot: AppSnapshot): string => (snapshot.conflict ? snapshot.conflict.theirs.map(({ path }) => path).join() : workspace.acquire('x').store.snapshot.save);
try {
  await fapi.apps.read('none');
} catch (error) {
  if (isApiError(error, 'app_not_found')) console.log(error.code, error.status);
}
export const portal = createServer(nodeListener(createTokenHandler({ client: fapi, identify: (_, request) => (request.headers['cookie'] ? { subject: request.headers['cookie'] } : undefined) })));
// @ts-expect-error -- an id is a string
export const wrongId = () => fapi.apps.read(1);
// @ts-expect-error -- a title is needed
export const wrongBody = () => fapi.apps.create({});
// @ts-expect-error -- there is no such code
export const wrongCode = (error: unknown) => isApiError(error, 'nonsense');
fapi.close();
`;

describe('a portal that has installed the package', { timeout: 60_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fapi-sdk-install-'));
    const built = join(folder, 'build/packages/sdk');
    for (const name of ['src', 'package.json', 'tsconfig.build.json', 'tsup.config.ts', 'tsup.cli.config.ts']) await cp(join(root, 'packages/sdk', name), join(built, name), { recursive: true });
    await cp(join(root, 'tsconfig.base.json'), join(folder, 'build/tsconfig.base.json'));
    await symlink(join(root, 'node_modules'), join(folder, 'build/node_modules'));
    await node([join(root, 'node_modules/tsup/dist/cli-default.js')], built);

    const installed = join(folder, 'portal/node_modules/@fapi/sdk');
    await mkdir(installed, { recursive: true });
    for (const name of ['package.json', 'dist']) await cp(join(built, name), join(installed, name), { recursive: true });
    for (const name of ['ky', 'zod']) await symlink(join(root, 'node_modules', name), join(folder, 'portal/node_modules', name));
    await mkdir(join(folder, 'portal/node_modules/@types'));
    for (const name of ['@types/node', 'undici-types']) await symlink(join(root, 'node_modules', name), join(folder, 'portal/node_modules', name));
    await writeFile(join(folder, 'portal/package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'portal/main.ts'), portal);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([['nodenext', 'nodenext'], ['esnext', 'bundler']])('has types, checked to the last of them, with module %s and moduleResolution %s', async (module, moduleResolution) => {
    await writeFile(join(folder, 'portal/tsconfig.json'), JSON.stringify({ compilerOptions: { module, moduleResolution, target: 'es2022', lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'], strict: true, noEmit: true, skipLibCheck: false, types: ['node'] }, include: ['main.ts'] }));
    const { stdout } = await node([join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], join(folder, 'portal')).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });

  it('runs its script with the built code, and not with our sources', async () => {
    const system = await startSystem();
    const { stdout } = await node(['main.ts'], join(folder, 'portal'), { BASE_URL: system.server.url, KEY: system.server.operatorKey }).finally(() => system.stop());
    expect(stdout.trim().split('\n')).toEqual(['Hello queued false true /v1/apps/:appId', 'app_not_found 404']);
  });
});
