import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import * as sdk from '@fapi/sdk';
import { problems } from '@fapi/sdk/contract';
import * as portal from '@fapi/sdk/portal';
import { makeStatus, startSystem, until, watchSpecs } from '../../server/test/parts/system.ts';

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');

it('the first script of the README makes an app, deploys it, prints its address and ends by itself', async () => {
  const [, text] = /```js\n(import[^]*?)```/.exec(readme)!;
  const system = await startSystem();
  const specs = watchSpecs(system.bus);
  const script = promisify(execFile)(process.execPath, ['--conditions=fapi-source', '--input-type=module', '--eval', text!], { cwd: import.meta.dirname, env: { ...process.env, FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey }, timeout: 40_000 });
  try {
    const { appId, generation } = await until(() => specs.all[0]!, (spec) => spec !== undefined, 30_000);
    await system.bus.statuses.publish(makeStatus(appId, generation, 'live', 'live'));
    expect((await script).stdout.trim()).toBe((await system.call(`/v1/apps/${appId}`)).json.url);
  } finally {
    specs.stop();
    await system.stop();
  }
}, 60_000);

const AsyncFunction = (async () => undefined).constructor as new (...parameters: string[]) => (...values: unknown[]) => Promise<unknown>;

it('every other script of the README runs as printed', async () => {
  const system = await startSystem();
  const fapi = sdk.createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  try {
    const app = await fapi.apps.create({ title: 'App', files: [{ path: 'lib.py', content: 'y = 2\n' }, { path: 'main.py', content: 'x = 1\n' }] });
    const deployment = await fapi.deployments.create(app.id, { draftVersion: app.draftVersion });
    await system.bus.statuses.publish(makeStatus(app.id, deployment.generation, 'live', 'live'));
    await until(() => fapi.apps.read(app.id), ({ live }) => live !== undefined);
    system.bus.streams.publish({ kind: 'log', value: { schema: 1, appId: app.id, lines: [{ seq: 1, at: new Date(0).toISOString(), stream: 'stdout', generation: 1, text: 'ready' }], dropped: 0 } });
    const said: string[] = [];
    const known = {
      ...sdk, ...portal, fapi, deployment, app: await fapi.apps.read(app.id), version: app.draftVersion + 7, files: [], source: 'x = 2\n', key: 'secret', sessionOf: () => ({ userId: 'ada' }), console: { log: (...words: unknown[]) => said.push(words.join(' ')) },
    };
    const blocks = [...readme.matchAll(/```js\n([^]*?)```/g)].map(([, text]) => text!).slice(1);
    expect(blocks.length).toBeGreaterThanOrEqual(5);
    for (const block of blocks) {
      const signal = AbortSignal.timeout(2_000);
      const run = new AsyncFunction(...Object.keys(known), 'signal', `{ ${block.replace(/^import .*$/gm, '')} }`)(...Object.values(known), signal);
      await run.catch((error: unknown) => {
        if (!block.includes('signal') || (error as Error).name !== 'AbortError') throw new Error(`this does not run:\n${block}`, { cause: error });
      });
    }
    expect(said).toEqual(expect.arrayContaining([expect.stringContaining(`somebody saved version ${app.draftVersion} meanwhile`), 'App', '1']));
  } finally {
    fapi.close();
    await system.stop();
  }
}, 60_000);

it('the README names no code that is on no list', () => {
  for (const [, code] of readme.matchAll(/isApiError\(error, '(\w+)'\)/g)) expect(Object.keys(problems)).toContain(code);
});
