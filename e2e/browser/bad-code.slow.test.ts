import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badCode } from '../../bench/reports/bad-code.ts';
import { visit } from '../visit.ts';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

/** What ends or stands still in a request is rolled back; what is only refused something there answers 500, and goes on. */
const ending = new Set(['running_exit', 'running_segfault', 'stall_sleep', 'stall_loop']);
const cases = badCode.filter(({ at, id }) => !at.startsWith('/') || ending.has(id));
const good = (n: number): string => `from fastapi import FastAPI\n\napp = FastAPI()\nnumber = ${n}\n\n\n@app.get("/")\ndef read() -> int:\n    return number\n`;

/** A builder in whose app goes wrong all that can, and who finds the way back each time. */
describe('code that is wrong in each way there is', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appId: string;

  const status = () => watched.page.locator('fapi-deploy-status');
  const answer = async (): Promise<number> => JSON.parse((await visit(portal.system.gatewayPort, (await client.apps.read(appId)).url)).body) as number;
  /** As somebody else does it who has the same app open: the page takes it over. */
  const write = async (content: string): Promise<void> => {
    const { version } = await client.drafts.read(appId);
    await client.drafts.save(appId, { version, files: [{ path: 'main.py', content }] });
    await seen(() => watched.page.locator('fapi-editor fapi-code').evaluate((code, text) => (code as HTMLElement & { value: string }).value === text, content), 'the code in the editor');
    await watched.page.locator('fapi-editor .cm-content').focus();
  };
  const deployGood = async (n: number): Promise<void> => {
    await write(good(n));
    await builder.deploy();
    await status().getByText(/^Live in/).waitFor();
    await seen(async () => (await answer()) === n, `the answer ${n}`);
    expect(await status().locator('.failure').count()).toBe(0);
  };

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    ({ id: appId } = await client.apps.create({ title: 'Broken in every way', files: [{ path: 'main.py', content: good(0) }] }));
    watched = await portal.open(`/#${appId}`);
    builder = makeBuilder(watched.page);
    await deployGood(0);
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it.each(cases.map((bad, index) => ({ ...bad, n: index + 1 })))('$id: its line is shown, the former version answers, and mended code is live', async ({ code, at, n }) => {
    await write(code);
    await builder.deploy();
    if (at.startsWith('/')) {
      // Not by the words on the page, which are those of the deploy before until the new one is told.
      const { items: [deployment] } = await client.deployments.list(appId, { limit: 1 });
      await client.deployments.untilSettled(deployment!);
      const { url } = await client.apps.read(appId);
      // Nobody waits for it: a stall never answers.
      void visit(portal.system.gatewayPort, url, at).catch(() => undefined);
    }
    const place = watched.page.locator('fapi-deploy-status .failure button, fapi-editor .problems button.finding').filter({ hasText: /main\.py:\d+/ });
    await place.first().waitFor({ timeout: 60_000 });
    await status().getByText(at.startsWith('/') ? /rolled back/ : /^Failed while/).first().waitFor({ timeout: 60_000 });
    await seen(async () => (await answer()) === n - 1, 'the version before it');
    await deployGood(n);
  });

  it('logged no error and broke no policy all along', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
