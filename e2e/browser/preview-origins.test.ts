import { createClient, type FapiClient } from '@fapi/sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/parts/port.ts';
import { type Portal, seen, startPortal } from './portal.ts';
import { type SecurePortal, startSecurePortal } from './secure-portal.ts';

const code = `
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI()


@app.get("/", response_class=HTMLResponse)
def home() -> str:
    return "<!doctype html><title>Shop</title><h1>shown</h1>"


@app.get("/around", response_class=HTMLResponse)
def around() -> str:
    return "<!doctype html><title>Around</title><h1>around</h1><iframe src=/></iframe>"
`;

describe('an operator who lists the origins of portals', () => {
  let portal: Portal;
  let client: FapiClient;
  let listed: SecurePortal;
  let other: SecurePortal;
  const frames = (page: Page, words: string): Promise<unknown> => seen(async () => {
    const texts = await Promise.all(page.frames().slice(1).map((frame) => frame.evaluate(() => document.body.innerText)));
    return texts.some((text) => text.includes(words));
  }, `"${words}" in a frame`);

  beforeAll(async () => {
    const port = await freePort();
    portal = await startPortal({ FAPI_GATEWAY_PREVIEW_ORIGINS: `https://portal.localhost:${port}` });
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    const { id } = await client.apps.create({ title: 'Listed', files: [{ path: 'main.py', content: code }] });
    await client.deployments.untilSettled(await client.deployments.create(id, { draftVersion: 1 }));
    const body = `<fapi-preview app-id="${id}" path="/around"></fapi-preview>`;
    [listed, other] = [await startSecurePortal(portal.system, client, body, port), await startSecurePortal(portal.system, client, body)];
  });
  afterAll(async () => {
    client?.close();
    await listed?.stop();
    await other?.stop();
    await portal?.stop();
  });

  it('has apps shown on those portals, with the frames of their own', async () => {
    const { page, context } = await portal.open(listed.origin, { ignoreHTTPSErrors: true });
    await frames(page, 'around');
    await frames(page, 'shown');
    // The page has spoken: its history is known.
    await page.locator('fapi-preview').getByLabel('Path of the page').fill('/');
    await page.keyboard.press('Enter');
    await seen(async () => (await page.locator('fapi-preview').getByLabel('Path of the page').inputValue()) === '/' && page.frames().length === 2, 'the other page');
    await context.close();
  });

  it('has them shown on no other page', async () => {
    const watched = await portal.open(other.origin, { ignoreHTTPSErrors: true });
    await seen(async () => watched.faults.find((fault) => fault.includes('frame-ancestors')), 'the refusal of the browser');
    expect(watched.page.frames().filter((frame) => frame.url().includes('--preview'))).toEqual([]);
    await watched.context.close();
  });
});
