import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

let portal: Portal;
let client: FapiClient;
let appId: string;
let watched: Watched;

beforeAll(async () => {
  portal = await startPortal();
  client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
  ({ id: appId } = await client.apps.create({ title: 'Searched', files: [{ path: 'main.py', content: 'from fastapi import FastAPI\nimport items\n\napp = FastAPI()\n' }, { path: 'items.py', content: 'item_a = 1\nitem_b = 2\n' }, { path: 'long.txt', content: `${'a'.repeat(19_000)}\n`.repeat(20) }] }));
  watched = await portal.open(`/#${appId}`);
  await watched.page.locator('fapi-editor .cm-content').waitFor();
});
afterAll(async () => {
  client?.close();
  await portal?.stop();
});

it('a project is searched, gone through and replaced in without a mouse, under a strict policy', async () => {
  const { page } = watched;
  const panel = page.locator('fapi-find');
  await page.locator('fapi-editor .cm-content').focus();
  await page.keyboard.press('Control+Shift+f');
  await panel.getByRole('textbox', { name: 'Find' }).waitFor();
  // The file's own search is another key's.
  expect(await page.locator('.cm-search').count()).toBe(0);
  await page.keyboard.type('item_(\\w)');
  await panel.getByText('Nothing found').waitFor();
  for (const _ of [1, 2, 3]) await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await panel.getByText('2 matches in 1 file').waitFor();
  for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await seen(async () => (await makeBuilder(page).cursorLine()) === 'item_b = 2', 'the cursor is on the place');
  await page.keyboard.press('Control+Shift+f');
  await panel.getByRole('button', { name: 'Show or hide replace' }).press('Enter');
  await panel.getByRole('textbox', { name: 'Replace with' }).fill('thing_$1');
  await panel.getByRole('button', { name: 'Replace all' }).press('Enter');
  await seen(async () => (await client.drafts.read(appId)).files.find(({ path }) => path === 'items.py')!.content === 'thing_a = 1\nthing_b = 2\n', 'it is replaced and saved');
  await panel.getByRole('button', { name: 'Undo all' }).press('Enter');
  await seen(async () => (await client.drafts.read(appId)).files.find(({ path }) => path === 'items.py')!.content === 'item_a = 1\nitem_b = 2\n', 'it is taken back and saved');
});

it('an expression that keeps other engines busy for ever leaves the page alive', async () => {
  const { page } = watched;
  const panel = page.locator('fapi-find');
  await panel.getByRole('textbox', { name: 'Find' }).fill('(a+a+)+b$');
  // The page draws and hears while it searches.
  expect(await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0, 'alive'))))).toBe('alive');
  await panel.getByText('Nothing found').waitFor();
  await panel.press('Escape');
  await panel.waitFor({ state: 'detached' });
  expect(troubles(watched)).toEqual([]);
});
