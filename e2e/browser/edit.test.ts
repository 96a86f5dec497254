import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until, visit } from '../visit.ts';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

/** A person at the demo's page, in one browser window, from nothing to an app that answers. */
describe('a builder at the page', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appId: string;

  const answer = async (path = '/'): Promise<unknown> => JSON.parse((await visit(portal.system.gatewayPort, (await client.apps.read(appId)).url, path)).body);
  const stages = async () => (await watched.page.locator('fapi-deploy-status .steps li[data-state=done] .word').allTextContents()).join(' ');
  const live = () => seen(async () => (await watched.page.locator('fapi-editor .toolbar .pill').first().innerText()).startsWith('Live') && (await watched.page.locator('fapi-editor .toolbar .chip').innerText()) === 'Up to date', 'the app is live and up to date');

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    builder = makeBuilder(watched.page);
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('starts with no app and says what to do', async () => {
    await watched.page.getByText('Create one from a starter.').waitFor();
    await watched.page.getByText('Choose an app, or create one, to start editing.').first().waitFor();
  });

  it('makes an app from a starter and shows its code', async () => {
    appId = await builder.createApp('Hello', 'Harbour hello');
    expect(await builder.code()).toContain('return {"message": "Hello from your portal"}');
    await watched.page.getByRole('navigation', { name: 'Apps' }).getByText('Harbour hello').waitFor();
    // It may be ready to deploy by now, which stands after it.
    expect((await watched.page.locator('fapi-editor .toolbar .facts').innerText()).split('\n')[0]).toBe('Never deployed');
  });

  it('deploys what was typed, says live with the time it took, and the app answers with it', async () => {
    await builder.replaceWord('portal', 'harbour');
    expect(await watched.page.locator('fapi-editor .toolbar .chip').innerText()).toBe('Unsaved changes');
    await builder.deploy();
    await live();
    await watched.page.locator('fapi-editor').getByRole('button', { name: /Live in/ }).waitFor();
    expect(await stages()).toBe('queued validating preparing starting verifying live');
    expect(await answer()).toEqual({ message: 'Hello from your harbour' });
  });

  it('links to the app, where a browser reads the same answer', async () => {
    const link = watched.page.locator('fapi-deploy-status footer a');
    const [tab] = await Promise.all([watched.context.waitForEvent('page'), link.click()]);
    await tab.waitForLoadState();
    expect(JSON.parse(await tab.locator('body').innerText())).toEqual({ message: 'Hello from your harbour' });
    await tab.close();
  });

  it('counts the requests of the app as they come', async () => {
    await answer('/missing');
    await watched.page.getByRole('tab', { name: 'Metrics' }).click();
    await seen(async () => /4xx\s*[1-9]/.test((await watched.page.locator('fapi-metrics .tile').allTextContents()).join(' ')), 'a request with a 4xx answer is counted');
  });

  it('saves with Ctrl+S, and a reload of the page brings the draft back', async () => {
    await builder.typeAtEnd('# kept over a reload\n');
    await builder.press('Control+s');
    await seen(async () => (await watched.page.locator('fapi-editor .toolbar .chip').innerText()) === 'Draft not deployed', 'the draft is saved and not deployed');
    expect((await client.drafts.read(appId)).files[0]?.content).toContain('# kept over a reload');
    await watched.page.reload();
    await seen(async () => (await builder.code()).includes('# kept over a reload'), 'the draft is back');
    expect(await answer()).toEqual({ message: 'Hello from your harbour' });
  });

  it('ends two quick deploys with the second live', async () => {
    await builder.replaceWord('harbour', 'first');
    await builder.deploy();
    await builder.replaceWord('first', 'second');
    await builder.deploy();
    await live();
    expect(await answer()).toEqual({ message: 'Hello from your second' });
    const settled = await until(async () => (await client.deployments.list(appId)).items.slice(0, 2).map(({ status }) => status), (statuses) => statuses[0] === 'live' && ['superseded', 'stopped'].includes(statuses[1]!));
    expect(settled[0]).toBe('live');
  });

  it('logged no error and broke no policy all along', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
