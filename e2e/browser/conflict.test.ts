import { createClient, type FapiClient } from '@fapi/sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const code = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read():\n    return {"who": "nobody"}\n\n\n@app.get("/health")\ndef health():\n    return "ok"\n';

/** Two people, or one with two tabs, who type into the same draft. */
describe('two tabs that edit one draft', () => {
  let portal: Portal;
  let client: FapiClient;
  let appId: string;
  let one: Watched;
  let other: Page;
  const draft = async (): Promise<string> => (await client.drafts.read(appId)).files[0]!.content;
  const view = () => one.page.locator('fapi-conflict:visible');
  const editor = () => one.page.locator('fapi-editor');

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    ({ id: appId } = await client.apps.create({ title: 'Shared', files: [{ path: 'main.py', content: code }] }));
    one = await portal.open(`/#${appId}`);
    other = await one.context.newPage();
    await other.goto(`${portal.system.baseUrl}/#${appId}`);
    for (const page of [one.page, other]) await page.locator('fapi-editor .cm-content').waitFor();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });
  /** Our saves do not get through, so that theirs is the first. */
  const hold = (page: Page) => page.route(/\/draft$/, (route) => (route.request().method() === 'PATCH' ? route.abort() : route.fallback()));

  it('tells each of the other: that somebody is here, and at which file', async () => {
    for (const page of [one.page, other]) {
      await page.locator('fapi-editor .people[title*="main.py"]').waitFor();
      await page.locator('fapi-file-tree [data-path="main.py"] .person').waitFor();
    }
  });

  it('has both when they have typed in different places, and says so', async () => {
    await hold(one.page);
    await one.page.bringToFront();
    await makeBuilder(one.page).replaceWord('nobody', 'me');
    await other.bringToFront();
    await makeBuilder(other).typeAtEnd('# theirs\n');
    await other.keyboard.press('Control+s');
    await seen(async () => (await draft()).includes('# theirs'), 'theirs is saved');
    await one.page.bringToFront();
    await editor().getByText(/were merged with yours: main\.py\./).waitFor();
    expect([(await makeBuilder(one.page).code()).includes('# theirs'), (await makeBuilder(one.page).code()).includes('"me"')]).toEqual([true, true]);
    await one.page.unroute(/\/draft$/);
    await one.page.locator('fapi-editor .cm-content').focus();
    await one.page.keyboard.press('Control+s');
    await seen(async () => (await draft()).includes('"me"') && (await draft()).includes('# theirs'), 'both are saved');
    await seen(async () => (await makeBuilder(other).code()).includes('"me"'), 'the other tab has both');
  });

  it('is asked by place where both have typed, and keeps both sides over a reload in between', async () => {
    await hold(one.page);
    await one.page.bringToFront();
    await makeBuilder(one.page).replaceWord('me', 'mine');
    await other.bringToFront();
    await makeBuilder(other).replaceWord('me', 'theirs');
    await other.keyboard.press('Control+s');
    await seen(async () => (await draft()).includes('"theirs"'), 'theirs is saved');
    await one.page.bringToFront();
    await editor().getByRole('button', { name: 'Resolve' }).click();
    await view().getByText('1 left to decide').first().waitFor();
    await one.page.reload();
    await editor().getByRole('button', { name: 'Resolve' }).click();
    expect(await view().locator('[data-pane=mine] .cm-content').innerText()).toContain('"mine"');
    expect(await view().locator('[data-pane=theirs] .cm-content').innerText()).toContain('"theirs"');
    expect(await draft()).toContain('"theirs"');
  });

  it('is resolved without a mouse, saved, and taken back in one step', async () => {
    await one.page.unroute(/\/draft$/);
    // From the heading: Later, then on to the places.
    for (const _ of Array.from({ length: 12 })) {
      await one.page.keyboard.press('Tab');
      if (await view().getByRole('button', { name: 'Take both' }).evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button)) break;
    }
    await one.page.keyboard.press('Enter');
    await view().getByText('Everything is decided').first().waitFor();
    for (const _ of Array.from({ length: 12 })) {
      if (await view().getByRole('button', { name: 'Use the result' }).evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button)) break;
      await one.page.keyboard.press('Shift+Tab');
    }
    await one.page.keyboard.press('Enter');
    await editor().getByText('The two versions are merged.').waitFor();
    await seen(async () => (await draft()).includes('"theirs"}\n    return {"who": "mine"}'), 'both are saved, one after the other');
    await editor().getByRole('button', { name: 'Undo' }).click();
    await editor().getByRole('button', { name: 'Resolve' }).waitFor();
    expect(await makeBuilder(one.page).code()).not.toContain('theirs"');
    await editor().getByRole('button', { name: 'Take the other' }).click();
    await seen(async () => (await makeBuilder(one.page).code()).includes('"theirs"'), 'theirs is shown');
  });

  it('is told at once that the other one was closed', async () => {
    await other.close();
    // What is not said is forgotten after 45 seconds.
    await one.page.locator('fapi-editor .people').waitFor({ state: 'detached', timeout: 15_000 });
  });

  it('broke no policy and logged no error but the refusals', () => {
    expect(troubles(one).filter((trouble) => !/^409 PATCH|ERR_FAILED/.test(trouble))).toEqual([]);
  });
});
