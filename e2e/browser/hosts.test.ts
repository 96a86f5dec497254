import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, type FapiClient } from '@fapi/sdk';
import type { Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/parts/port.ts';
import { root } from '../../tools/parts/paths.ts';
import { type Program, startProgram } from '../program.ts';
import { visit } from '../visit.ts';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const run = promisify(execFile);

/** Portals of another origin than the server's, as `examples/` has them: built, served under their strict policy, and used. */
describe.each(['react', 'vue', 'svelte'])('the portal in %s', (name) => {
  const folder = join(root, `examples/portal-${name}`);
  let fapi: Portal;
  let host: Program;
  let client: FapiClient;
  let watched: Watched;
  let builder: Builder;
  let streams = 0;

  beforeAll(async () => {
    fapi = await startPortal();
    const { baseUrl, operatorKey } = fapi.system;
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    client = createClient({ baseUrl, apiKey: operatorKey });
    await client.workspaces.put('default', { title: 'Portal', origins: [origin] });
    const env = { FAPI_URL: baseUrl, FAPI_API_KEY: operatorKey };
    await rm(join(folder, 'dist'), { recursive: true, force: true });
    await run(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], { cwd: folder, env: { ...process.env, ...env } });
    host = await startProgram('e2e/browser/vite-preview.ts', { ...env, HOST_FOLDER: folder, HOST_PORT: String(port) });
    watched = await fapi.open('/blank');
    const count = (by: number) => (request: Request): void => { if (new URL(request.url()).pathname === '/v1/events') streams += by; };
    watched.page.on('request', count(1)).on('requestfinished', count(-1)).on('requestfailed', count(-1));
    watched.refusals.length = 0;
    await watched.page.goto(origin);
    builder = makeBuilder(watched.page);
  });
  afterAll(async () => {
    client?.close();
    await host?.kill('SIGTERM');
    await fapi?.stop();
  });

  const only = async () => (await client.apps.list()).items[0]!;
  const news = () => watched.page.locator('.top output').innerText();

  it('creates an app from a starter that it gave as a property', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'New app' }).first().click();
    await page.getByRole('radio', { name: 'Hello' }).check();
    await page.getByRole('textbox', { name: 'Name' }).fill('Harbour pilots');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.locator('fapi-editor h2.title', { hasText: 'Harbour pilots' }).waitFor();
    expect(await builder.code()).toContain('{"hello": "harbour"}');
    expect(await page.locator('fapi-builder').evaluate((element) => (element as HTMLElement & { appId: string }).appId)).toBe((await only()).id);
  });

  it('edits and deploys, and hears of both in its own handlers', async () => {
    await builder.replaceWord('harbour', 'pilots');
    await seen(async () => (await news()) === 'Not saved', 'the handler of fapi-dirty-change');
    await builder.deploy();
    await seen(async () => (await news()) === 'Deploy 1: live', 'the handler of fapi-deploy-end');
    expect(JSON.parse((await visit(fapi.system.gatewayPort, (await only()).url, '/')).body)).toEqual({ hello: 'pilots' });
  });

  it('calls methods through its ref', async () => {
    await watched.page.locator('.top').getByRole('button', { name: 'Logs' }).click();
    await watched.page.locator('fapi-builder').getByRole('tab', { name: 'Logs', selected: true }).waitFor();
  });

  it('keeps as many streams, and what was typed, however often the builder is taken out and put back', async () => {
    const { page } = watched;
    const before = streams;
    await builder.replaceWord('pilots', 'tugs');
    for (let time = 0; time < 5; time += 1) {
      await page.locator('.top').getByRole('button', { name: 'Builder' }).click();
      await page.locator('fapi-builder').waitFor({ state: 'detached' });
      await page.locator('.top').getByRole('button', { name: 'Builder' }).click();
      await page.locator('fapi-editor .cm-content').waitFor();
    }
    expect(await builder.code()).toContain('{"hello": "tugs"}');
    await seen(() => Promise.resolve(streams === before), 'no stream more than before');
    expect(before).toBeLessThanOrEqual(2);
    expect(await page.locator('fapi-builder').count()).toBe(1);
  });

  it('broke no policy and logged no error', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
