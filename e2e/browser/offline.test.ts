import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit } from '../visit.ts';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, type Watched } from './portal.ts';

describe('a page whose server dies', () => {
  let portal: Portal;
  let watched: Watched;
  let other: Watched;
  let streams: number;
  let builder: Builder;
  let client: FapiClient;
  let appUrl: string;

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    builder = makeBuilder(watched.page);
    appUrl = (await client.apps.read(await builder.createApp('Hello', 'Outlives us'))).url;
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('says that it reconnects, keeps what is typed, and the app goes on answering', async () => {
    other = await portal.open(new URL(watched.page.url()).hash.replace('#', '/#'));
    await other.page.locator('fapi-editor .cm-content').waitFor();
    streams = other.urls.filter((url) => url.includes('/v1/events')).length;
    await portal.system.kill('server');
    await watched.page.locator('fapi-editor').getByText('Reconnecting. You can keep editing.').waitFor();
    await builder.replaceWord('portal', 'island');
    expect(await builder.code()).toContain('Hello from your island');
    await builder.press('Control+s');
    await watched.page.locator('fapi-editor .bar').getByText('The server cannot be reached.').waitFor();
    expect(JSON.parse((await visit(portal.system.gatewayPort, appUrl)).body)).toEqual({ message: 'Hello from your portal' });
  });

  it('goes on saying so for as long as the server is away', async () => {
    // The error of the vain save stands above it: another page, that did nothing.
    await seen(async () => other.urls.filter((url) => url.includes('/v1/events')).length >= streams + 6, 'three tries of each stream');
    expect(await other.page.locator('fapi-editor').getByText('Reconnecting. You can keep editing.').isVisible()).toBe(true);
  });

  it('recovers by itself when the server is back, with the typed text, and deploys it', async () => {
    await portal.system.restart();
    await seen(async () => (await watched.page.locator('fapi-editor').getByText('Reconnecting').count()) === 0, 'the page is connected again');
    await seen(async () => (await other.page.locator('fapi-editor .bar').count()) === 0, 'the other page is connected again');
    // That it cannot be reached, said by the vain save, goes by itself.
    await seen(async () => (await watched.page.locator('fapi-editor .bar').count()) === 0, 'no bar is left');
    expect(await builder.code()).toContain('Hello from your island');
    await watched.page.locator('fapi-editor .cm-content').focus();
    await seen(async () => {
      await builder.deploy();
      return true;
    }, 'the deploy is taken');
    await watched.page.locator('fapi-deploy-status').getByText('Deploy 2').waitFor();
    await watched.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    expect(JSON.parse((await visit(portal.system.gatewayPort, appUrl)).body)).toEqual({ message: 'Hello from your island' });
    // The list of apps follows again too.
    await client.apps.create({ title: 'Made later' });
    await watched.page.getByRole('navigation', { name: 'Apps' }).getByText('Made later').waitFor();
    expect(watched.faults.filter((fault) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/.test(fault))).toEqual([]);
  });
});
