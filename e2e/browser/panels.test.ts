import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit } from '../visit.ts';
import { makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const code = 'import os\n\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read() -> dict[str, object]:\n    return {"version": 1, "hasKey": "API_KEY" in os.environ}\n\n\n@app.get("/boom", summary="Boom")\ndef boom() -> None:\n    raise ValueError("nobody caught it")\n';
const secret = 'sk-nobody-reads-this-again';

describe('the panels beside the code', () => {
  let portal: Portal;
  let client: FapiClient;
  let watched: Watched;
  let appUrl: string;
  let appId: string;
  const answer = async (): Promise<unknown> => JSON.parse((await visit(portal.system.gatewayPort, appUrl)).body);
  const tab = (name: string) => watched.page.getByRole('tab', { name, exact: true });

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    const app = await client.apps.create({ title: 'Panels', files: [{ path: 'main.py', content: code }] });
    ({ id: appId, url: appUrl } = app);
    await client.deployments.untilSettled(await client.deployments.create(appId, { draftVersion: 1 }));
    watched = await portal.open(`/#${appId}`);
    await watched.page.locator('fapi-editor .cm-content').waitFor();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('go back to an earlier revision, and show its deploy', async () => {
    const builder = makeBuilder(watched.page);
    await builder.replaceWord('1', '2');
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    await seen(async () => (await answer() as { version: number }).version === 2, 'the second version');
    await tab('History').click();
    const history = watched.page.locator('fapi-history');
    await history.getByRole('listitem').filter({ hasText: 'r2' }).getByText('Live', { exact: true }).waitFor();
    await history.getByRole('button', { name: 'Revert to r1' }).click();
    await history.getByRole('group').getByRole('button', { name: 'Revert to r1' }).click();
    await watched.page.locator('fapi-deploy-status').getByText('Deploy 3').waitFor();
    await seen(async () => (await answer() as { version: number }).version === 1, 'the first version');
    await tab('History').click();
    await history.getByRole('listitem').filter({ hasText: 'r1' }).getByText('Live', { exact: true }).waitFor();
  });

  it('are chosen by arrow keys, with one stop for Tab', async () => {
    await tab('History').focus();
    await watched.page.keyboard.press('ArrowRight');
    expect(await tab('Settings').getAttribute('aria-selected')).toBe('true');
    expect(await watched.page.getByRole('tab').evaluateAll((tabs) => tabs.map((one) => (one as HTMLElement).tabIndex))).toEqual([-1, -1, -1, -1, -1, -1, 0]);
    await watched.page.locator('fapi-settings').getByText('No variables yet').waitFor();
  });

  it('lead from an answer of 500 to its traceback in the logs, and from there to the line', async () => {
    const { page } = watched;
    await tab('Try').click();
    const trial = page.locator('fapi-try');
    await trial.getByRole('button', { name: 'Boom' }).click();
    await page.keyboard.press('Control+Enter');
    await trial.getByText('500 Error in the app').first().waitFor();
    await trial.getByRole('button', { name: 'Show errors in the logs' }).click();
    const logs = page.locator('fapi-logs');
    await logs.locator('.line[aria-selected=true][aria-expanded=true]', { hasText: 'ValueError: nobody caught it' }).waitFor();
    expect(await tab('Logs').getAttribute('aria-selected')).toBe('true');
    await logs.locator('.line .place').last().click();
    await seen(async () => (await makeBuilder(page).cursorLine()).includes('raise ValueError'), 'the line that raised it');
  });

  it('are drawn wider and narrower by the pointer, away when it goes far, and are as they were left when the page comes again', async () => {
    const { page } = watched;
    const separators = page.locator('fapi-editor .separator');
    const widths = () => separators.evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('aria-valuenow'))));
    const panes = () => page.locator('fapi-editor .pane').evaluateAll((all) => all.map((pane) => Math.round(pane.getBoundingClientRect().width)));
    /** By hand: down on the line, along in steps, and up. */
    const drag = async (line: number, by: number): Promise<void> => {
      const { x, y, width } = (await separators.nth(line).boundingBox())!;
      await page.mouse.move(x + width / 2, y + 200);
      await page.mouse.down();
      await page.mouse.move(x + width / 2 + by, y + 200, { steps: 8 });
      await page.mouse.up();
    };
    const [files, side] = await widths() as [number, number];
    await drag(0, 60);
    expect(await widths()).toEqual([files + 60, side]);
    await drag(1, 40);
    expect(await widths()).toEqual([files + 60, side - 40]);
    expect(await panes()).toEqual([files + 60, expect.any(Number), side - 40]);
    // A hand that has let go moves nothing.
    await page.mouse.move(400, 400);
    expect(await widths()).toEqual([files + 60, side - 40]);
    await drag(0, -(files + 40));
    expect(await widths()).toEqual([0, side - 40]);
    await page.reload();
    await page.locator('fapi-editor .cm-content').waitFor();
    await seen(async () => JSON.stringify(await widths()) === JSON.stringify([0, side - 40]), 'the panels as they were left');
    await drag(0, files);
    await seen(async () => (await widths())[0]! > 0, 'the files again');
    expect(troubles(watched)).toEqual([]);
  });

  it('give a secret to the live app without its code, and keep no copy of it in the page or the browser', async () => {
    await tab('Settings').click();
    const settings = watched.page.locator('fapi-settings');
    await settings.getByRole('button', { name: 'Paste .env' }).click();
    await settings.getByRole('textbox').fill(`REGION=eu\nAPI_KEY=${secret}\n`);
    await settings.getByRole('button', { name: 'Preview' }).click();
    expect(await settings.getByRole('checkbox', { name: 'API_KEY is secret' }).isChecked()).toBe(true);
    await settings.getByRole('button', { name: 'Save 2 variables' }).click();
    await watched.page.locator('fapi-editor .toolbar .facts').getByText('Draft not deployed').waitFor();
    await settings.getByRole('button', { name: 'Deploy variables only' }).click();
    await watched.page.locator('fapi-deploy-status').getByText('Deploy 4').waitFor();
    await seen(async () => (await answer() as { hasKey: boolean }).hasKey, 'the app has the variable');
    expect(await answer()).toEqual({ version: 1, hasKey: true });
    await tab('Settings').click();
    await settings.getByText('The live app does not have these variables yet.').waitFor({ state: 'detached' });
    const held = await watched.page.evaluate(async () => {
      const words: string[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
      const walk = (root: ParentNode): void => {
        for (const element of root.querySelectorAll('*')) {
          words.push(...[...element.attributes].map(({ value }) => value), element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.value : '', ...[...element.childNodes].map((node) => (node.nodeType === Node.TEXT_NODE ? node.textContent ?? '' : '')));
          if (element.shadowRoot) walk(element.shadowRoot);
        }
      };
      walk(document);
      for (const { name } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => Object.assign(indexedDB.open(name!), { onsuccess() { resolve((this as unknown as IDBOpenDBRequest).result); }, onerror: reject }));
        for (const store of database.objectStoreNames) words.push(JSON.stringify(await new Promise((resolve, reject) => Object.assign(database.transaction(store).objectStore(store).getAll(), { onsuccess() { resolve((this as unknown as IDBRequest).result); }, onerror: reject }))));
        database.close();
      }
      return words.join('\n');
    });
    expect(held.includes('REGION')).toBe(true);
    expect(held.includes(secret)).toBe(false);
    expect(troubles(watched)).toEqual([]);
  });
});
