import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/parts/paths.ts';
import { freePort } from '../../tools/parts/port.ts';
import { startUvicorn, type Uvicorn } from '../../tools/parts/uvicorn.ts';
import { visit as ask } from '../visit.ts';
import { makeBuilder } from './builder.ts';
import { visit } from './foreign-portal.ts';
import { type Portal, seen, startPortal, troubles } from './portal.ts';

const folder = join(root, 'examples/portal-fastapi');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** As its README has it, step by step; only the ports are others here. */
describe('the portal in FastAPI', () => {
  let fapi: Portal;
  let host: Uvicorn;
  let client: FapiClient;
  beforeAll(async () => {
    fapi = await startPortal();
    const { baseUrl, operatorKey } = fapi.system;
    client = createClient({ baseUrl, apiKey: operatorKey });
    const port = await freePort();
    const readme = read('examples/portal-fastapi/README.md');
    const [, app] = /^uvicorn (\S+) --port 8000$/m.exec(readme)!;
    const [, origin] = /PORTAL_ORIGIN=(\S+)$/m.exec(readme)!;
    const env = { FAPI_URL: baseUrl, FAPI_API_KEY: operatorKey, PORTAL_ORIGIN: origin!.replace('8000', String(port)) };
    await promisify(execFile)('/bin/sh', ['-ec', /```sh\n(curl [^]*?)```/.exec(read('docs/embedding.md'))![1]!], { env: { ...process.env, ...env } });
    host = await startUvicorn(folder, app!, env, port);
  });
  afterAll(async () => {
    client?.close();
    await host?.stop();
    await fapi?.stop();
  });

  it('has its visitor make, edit and deploy an app, and breaks nothing', async () => {
    const watched = await visit(fapi, host.url);
    const { page } = watched;
    const builder = makeBuilder(page);
    await page.getByRole('button', { name: 'New app' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Harbour pilots');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await builder.code();
    await builder.replaceWord('Hello', 'Pilots');
    await builder.deploy();
    const url = await seen(async () => (await client.apps.list()).items[0]?.live && (await client.apps.list()).items[0]!.url, 'the app live');
    expect((await ask(fapi.system.gatewayPort, url, '/')).body).toContain('Pilots');
    expect((await client.audit.list({})).items.map(({ subject }) => subject)).toContain('ada');
    expect(troubles(watched)).toEqual([]);
  });
});
