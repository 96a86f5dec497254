import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, type Watched } from './portal.ts';

const restored = 'Your unsaved changes are back, typed';

describe('what is typed and not saved', () => {
  let portal: Portal;
  let client: FapiClient;
  let path: string;
  let appId: string;
  let watched: Watched;
  const questions: string[] = [];

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    ({ id: appId } = await client.apps.create({ title: 'Kept', files: [{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n' }] }));
    path = `/#${appId}`;
    watched = await portal.open(path);
    listen(watched.page);
    await watched.page.locator('fapi-editor .cm-content').waitFor();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });
  function listen(page: Page): void {
    page.on('dialog', (dialog) => {
      questions.push(dialog.type());
      void dialog.accept();
    });
  }
  const refuseSaves = (page: Page): Promise<unknown> => page.route(/\/draft$/, (route) => (route.request().method() === 'PATCH' ? route.abort() : route.fallback()));
  const entries = (page: Page): Promise<{ changes: { typed?: string }[] }[]> => page.evaluate(() => new Promise((resolve, reject) => {
    const opening = indexedDB.open('fapi-journal');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const all = opening.result.transaction('drafts').objectStore('drafts').getAll();
      all.onsuccess = () => (opening.result.close(), resolve(all.result));
    };
  }));
  const kept = (page: Page, words: string) => seen(async () => (await entries(page)).some(({ changes }) => changes.some(({ typed }) => typed?.includes(words))), `"${words}" is kept`);

  it('is back after a reload, without a question before it', async () => {
    await refuseSaves(watched.page);
    const builder = makeBuilder(watched.page);
    await builder.typeAtEnd('# over a reload\n');
    await kept(watched.page, '# over a reload');
    await watched.page.reload();
    await watched.page.locator('fapi-editor').getByText(restored).waitFor();
    expect(await builder.code()).toContain('# over a reload');
    expect(questions).toEqual([]);
    expect((await client.drafts.read(appId)).version).toBe(1);
  });

  it('is back after the page was lost while its server was away', async () => {
    const builder = makeBuilder(watched.page);
    await portal.system.kill('server');
    await builder.typeAtEnd('# over a crash\n');
    await kept(watched.page, '# over a crash');
    await watched.page.close();
    await portal.system.restart();
    const page = await watched.context.newPage();
    await page.goto(`${portal.system.baseUrl}${path}`);
    await page.locator('fapi-editor').getByText(restored).waitFor();
    const code = await makeBuilder(page).code();
    expect([code.includes('# over a reload'), code.includes('# over a crash')]).toEqual([true, true]);
    await page.locator('fapi-editor').getByRole('button', { name: 'Keep it' }).click();
    await seen(async () => (await client.drafts.read(appId)).files[0]!.content.includes('# over a crash'), 'it is saved by itself');
    await seen(async () => (await entries(page)).length === 0, 'nothing is kept of what is saved');
    await page.close();
  });

  it('holds no token', async () => {
    const other = await portal.open(path);
    await refuseSaves(other.page);
    await makeBuilder(other.page).typeAtEnd('# mine\n');
    await kept(other.page, '# mine');
    const words = JSON.stringify(await entries(other.page));
    await seen(async () => other.tokens.length > 0, 'a token that the page was given');
    expect(other.tokens.filter((token) => words.includes(token))).toEqual([]);
    await other.context.close();
  });

  it('is asked about before a page goes that can keep nothing', async () => {
    const other = await portal.open('/');
    await other.page.addInitScript(() => void Object.defineProperty(globalThis, 'indexedDB', { value: undefined }));
    await other.page.goto(`${portal.system.baseUrl}/?bare${path.slice(1)}`);
    listen(other.page);
    await other.page.locator('fapi-editor .cm-content').waitFor();
    await refuseSaves(other.page);
    await other.page.reload();
    expect(questions).toEqual([]);
    await other.page.locator('fapi-editor .cm-content').waitFor();
    await makeBuilder(other.page).typeAtEnd('# lost\n');
    await seen(async () => (await other.page.locator('fapi-editor .toolbar .chip').innerText().catch(() => '')) === 'Unsaved changes' || (await other.page.locator('fapi-editor .tab .dot').count()) > 0, 'it is dirty');
    await other.page.reload();
    expect(questions).toEqual(['beforeunload']);
  });
});
