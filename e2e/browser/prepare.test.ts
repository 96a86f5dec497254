import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit } from '../visit.ts';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

/** What the real runner says of a draft while somebody types it in the real page. */
describe('a draft that is typed', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appId: string;

  const answer = async (path: string): Promise<unknown> => JSON.parse((await visit(portal.system.gatewayPort, (await client.apps.read(appId)).url, path)).body);
  const readiness = () => watched.page.locator('fapi-editor .readiness');
  const ready = () => watched.page.locator('fapi-editor .readiness[data-state=prepared]').waitFor();
  const routes = async () => (await watched.page.locator('fapi-editor .route').allTextContents()).map((route) => route.replace(/\s+/g, ' ').trim());
  const problem = () => watched.page.locator('fapi-editor .problems .finding[data-severity=error]');

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    builder = makeBuilder(watched.page);
    appId = await builder.createApp('Hello', 'Tide tables');
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('is ready before it was ever touched, and shows its routes', async () => {
    await ready();
    expect(await routes()).toEqual(['GET /', 'GET /greet/{name}']);
  });

  it('is ready again after a pause, with the new route, which leads to its handler', async () => {
    await builder.typeAtEnd('\nfrom time import time\n\nborn = time()\n\n@app.get("/tide")\ndef tide(): return {"level": 3, "born": born}\n');
    await seen(async () => (await routes()).includes('GET /tide'), 'the new route in the outline');
    await ready();
    await builder.press('Control+Home');
    await watched.page.locator('fapi-editor button.route', { hasText: '/tide' }).click();
    await seen(async () => (await builder.cursorLine()).startsWith('def tide()'), 'the cursor at the handler');
  });

  it('goes live as it was prepared: what answers through the gateway was imported before the click', async () => {
    await ready();
    const clickedAt = Date.now() / 1_000;
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    const { level, born } = (await answer('/tide')) as { level: number; born: number };
    expect(level).toBe(3);
    expect(born).toBeLessThan(clickedAt);
  });

  it('shows file and line of an import that fails, without a deploy, and keeps its routes', async () => {
    await builder.typeAtEnd('levels = {"dusk": 1}\nhigh = levels["noon"]\n');
    const line = (await builder.code()).split('\n').indexOf('high = levels["noon"]') + 1;
    await problem().filter({ hasText: `main.py:${line}` }).filter({ hasText: 'KeyError' }).waitFor();
    expect(await readiness().count()).toBe(0);
    expect(await routes()).toContain('GET /tide');
    await watched.page.getByText('From the last version without errors').waitFor();
    expect((await client.deployments.list(appId)).items).toHaveLength(1);
    await builder.replaceWord('noon', 'dusk');
    await ready();
    expect(await problem().count()).toBe(0);
  });

  it('runs its own tests unsaved, says how many passed and failed, and leads to the failure', async () => {
    const editor = watched.page.locator('fapi-editor');
    await editor.getByRole('button', { name: 'New file' }).click();
    await editor.getByRole('textbox', { name: 'Path of the new file' }).fill('tests/test_tide.py');
    await builder.press('Enter');
    await editor.locator('.tab', { hasText: 'test_tide.py' }).waitFor();
    await builder.typeAtEnd('from main import tide\n\ndef test_level(): assert tide()["level"] == 3\n\ndef test_wrong(): assert tide()["level"] == 4\n');
    await editor.getByRole('button', { name: 'Run tests' }).click();
    await seen(async () => (await editor.locator('.tests-verdict').innerText()).startsWith('1 passed, 1 failed'), 'the verdict of the tests');
    await builder.press('Control+Home');
    await editor.locator('.tests .finding', { hasText: 'test_wrong' }).click();
    await seen(async () => (await builder.cursorLine()).startsWith('def test_wrong()'), 'the cursor at the failing test');
    expect((await client.drafts.read(appId)).files.map(({ path }) => path)).toEqual(['main.py']);
  });

  it('logged no error and broke no policy all along', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
