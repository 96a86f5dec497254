import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visit } from '../visit.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const main = `import logging

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

logger = logging.getLogger(__name__)
items: dict[int, "Item"] = {}

app = FastAPI(title="Shop")


class Item(BaseModel):
    name: str


@app.get("/")
def root() -> dict[str, str]:
    return {"logger": logger.name}


# The items of the shop.
@app.post("/items/{item_id}", tags=["items"])
def put_item(item_id: int, item: Item) -> Item:
    items[item_id] = item
    return item


@app.get("/items/{item_id}", tags=["items"])
def read_item(item_id: int) -> Item:
    if item_id not in items:
        raise HTTPException(404, "no such item")
    return items[item_id]


@app.get("/about")
def about() -> str:
    return app.title
`;
let portal: Portal;
let client: FapiClient;
let appId: string;
let url: string;
let watched: Watched;

beforeAll(async () => {
  portal = await startPortal();
  client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
  ({ id: appId, url } = await client.apps.create({ title: 'Shop', files: [{ path: 'main.py', content: main }] }));
  watched = await portal.open(`/#${appId}`);
  await watched.page.locator('fapi-editor .cm-content').waitFor();
});
afterAll(async () => {
  client?.close();
  await portal?.stop();
});

/** What the app that is live answers, to what it knows and what it does not. */
async function answers(): Promise<unknown[]> {
  const told = [];
  for (const path of ['/', '/items/1', '/items/x', '/about', '/none', '/openapi.json']) {
    const { status, body } = await visit(portal.system.gatewayPort, url, path);
    told.push({ path, status, body });
  }
  return told;
}

async function deploy(): Promise<void> {
  const { page } = watched;
  const before = (await client.apps.read(appId)).live?.generation ?? 0;
  await page.keyboard.press('Control+Enter');
  await seen(async () => ((await client.apps.read(appId)).live?.generation ?? 0) > before, 'it is live', 40_000);
}

it('an app in one file becomes several: looked at, taken, deployed with the same answers, and taken back', async () => {
  const { page } = watched;
  await page.locator('fapi-editor .cm-content').focus();
  await deploy();
  const before = await answers();
  // By the palette, as whoever does not know where it is.
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('multiple files');
  await page.keyboard.press('Enter');
  const view = page.locator('fapi-convert');
  await view.getByText('Moves 3 routes into').waitFor();
  await view.getByText('about: It uses `app` itself.').waitFor();
  expect(await view.locator('nav .mono:not(.mark)').allTextContents()).toEqual(['main.py', 'routers/__init__.py', 'routers/items.py', 'routers/root.py', 'schemas/__init__.py', 'schemas/items.py']);
  await view.locator('.file', { hasText: 'routers/items.py' }).locator('.line[data-kind=added]', { hasText: '# The items of the shop.' }).waitFor();
  expect((await client.drafts.read(appId)).files).toHaveLength(1);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  await page.setViewportSize({ width: 1_440, height: 900 });
  await view.getByRole('button', { name: 'Convert', exact: true }).press('Enter');
  await seen(async () => (await client.drafts.read(appId)).files.length === 6, 'it is saved');
  await page.locator('fapi-editor .cm-content').focus();
  await deploy();
  expect(await answers()).toEqual(before);
  await page.locator('fapi-editor .bar.converted').getByRole('button', { name: 'Undo' }).press('Enter');
  await seen(async () => {
    const { files } = await client.drafts.read(appId);
    return files.length === 1 && files[0]!.content === main;
  }, 'it is taken back and saved');
  expect(troubles(watched)).toEqual([]);
});
