import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit } from '../visit.ts';
import { makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const code = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read_word() -> str:\n    return "first"\n';

/** A telephone: fingers, and room for one pane. */
describe('the builder at 360 px', () => {
  let portal: Portal;
  let client: FapiClient;
  let watched: Watched;
  let appUrl: string;
  const word = async (): Promise<unknown> => JSON.parse((await visit(portal.system.gatewayPort, appUrl)).body);
  const pane = (name: string) => watched.page.locator('fapi-editor nav.switch').getByRole('button', { name, exact: true });
  const scrolls = () => watched.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    const app = await client.apps.create({ title: 'Narrow', files: [{ path: 'main.py', content: code }] });
    appUrl = app.url;
    await client.deployments.untilSettled(await client.deployments.create(app.id, { draftVersion: 1 }));
    watched = await portal.open(`/#${app.id}`, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('edits and deploys by the finger, and says that it is live', async () => {
    const { page } = watched;
    await pane('Code').tap();
    const builder = makeBuilder(page);
    await builder.code();
    await builder.replaceWord('first', 'second');
    await page.locator('fapi-editor button.deploy').tap();
    await seen(async () => (await word()) === 'second', 'the new answer');
    await page.locator('fapi-editor .toolbar').getByText('Live').first().waitFor();
    expect(await scrolls()).toBe(false);
  });

  it('leads from a failure to its line', async () => {
    const { page } = watched;
    await pane('Code').tap();
    const builder = makeBuilder(page);
    await builder.typeAtEnd('\nraise ValueError("no such colour")\n');
    await page.locator('fapi-editor button.deploy').tap();
    // Where the code stays, it is said, and underlined.
    await page.locator('fapi-editor .toolbar').getByText('Last deploy failed').waitFor();
    await pane('Status').tap();
    await page.locator('fapi-deploy-status').getByText('no such colour').first().waitFor();
    await page.locator('fapi-deploy-status').getByRole('button', { name: /main\.py/ }).first().tap();
    await seen(async () => (await builder.cursorLine()).includes('raise ValueError'), 'the line');
    expect(await scrolls()).toBe(false);
    expect(troubles(watched)).toEqual([]);
  });
});
