import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { starters } from '../../examples/demo-site/page/starters.ts';
import { visit } from '../visit.ts';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

/** Lines of the starter, so that what is typed at its end stands on the line after them. */
const lines = starters[0]!.files[0]!.content.trimEnd().split('\n').length;

describe('code that is wrong', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appId: string;

  const answer = async (): Promise<unknown> => JSON.parse((await visit(portal.system.gatewayPort, (await client.apps.read(appId)).url)).body);
  const hello = { message: 'Hello from your portal' };
  const gutterLine = () => watched.page.evaluate(() => {
    const root = document.querySelector('fapi-builder')!.shadowRoot!.querySelector('fapi-editor')!.shadowRoot!.querySelector('fapi-code')!.shadowRoot!;
    const top = root.querySelector('.cm-lint-marker-error')?.getBoundingClientRect().top;
    if (top === undefined) return undefined;
    return [...root.querySelectorAll('.cm-lineNumbers .cm-gutterElement')].find((element) => {
      const box = element.getBoundingClientRect();
      return box.height > 0 && box.top <= top && top < box.bottom;
    })?.textContent;
  });

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    builder = makeBuilder(watched.page);
    appId = await builder.createApp('Hello', 'Broken on purpose');
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('has its syntax error in the gutter and in the list, on its line, while it is typed', async () => {
    await builder.typeAtEnd('total = = 1');
    const problem = watched.page.locator('fapi-editor .problems button.finding');
    await problem.filter({ hasText: `main.py:${lines + 1}` }).waitFor();
    expect(await problem.count()).toBe(1);
    expect(await problem.getAttribute('data-severity')).toBe('error');
    expect(await problem.innerText()).toContain('invalid syntax');
    await seen(async () => (await gutterLine()) === String(lines + 1), `the mark in the gutter on line ${lines + 1}`);
    expect(await watched.page.locator('fapi-editor .cm-lintRange-error').count()).toBeGreaterThan(0);
  });

  it('is refused with the place when it is deployed, and a click on the problem goes there', async () => {
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByText('Failed while validating').waitFor();
    expect(await answer()).toEqual(hello);
    await builder.press('Control+Home');
    expect(await builder.cursorLine()).toBe('from fastapi import FastAPI');
    await watched.page.locator('fapi-editor .problems button.finding').first().click();
    await seen(async () => (await builder.cursorLine()) === 'total = = 1', 'the cursor on the broken line');
  });

  it('that fails on import shows the class, the place and that the old version is still live', async () => {
    await builder.press('End');
    for (let n = 0; n < 'total = = 1'.length; n++) await builder.press('Backspace');
    await builder.typeAtEnd('prices = {"apple": 3}\ntotal = prices["pear"]');
    await watched.page.locator('fapi-editor .problems button.finding', { hasText: 'KeyError' }).waitFor();
    await builder.deploy();
    const card = watched.page.locator('fapi-deploy-status .failure');
    await card.waitFor();
    await watched.page.locator('fapi-deploy-status').getByText('Failed while preparing').waitFor();
    const words = await card.innerText();
    expect(words).toContain('The app could not be imported.');
    expect(words).toContain('KeyError');
    expect(words).toContain(`main.py:${lines + 2}`);
    expect(words).toContain('total = prices["pear"]');
    expect(words).toContain('The deploy before it is still live.');
    const facts = watched.page.locator('fapi-editor .toolbar .facts');
    await facts.getByText('Live · deploy 1').waitFor();
    expect((await facts.innerText()).split('\n').filter((line) => line !== '').slice(0, 3)).toEqual(['Live · deploy 1', 'Last deploy failed', 'Draft not deployed']);
    await watched.page.getByRole('navigation', { name: 'Apps' }).getByRole('link', { name: 'Broken on purpose Live Last deploy failed' }).waitFor();
    expect(await answer()).toEqual(hello);
  });

  it('puts the cursor on the line of the failure by itself, and again on a click on the frame', async () => {
    await seen(async () => (await builder.cursorLine()) === 'total = prices["pear"]', 'the cursor on the line that failed');
    await watched.page.locator('fapi-editor .cm-content').focus();
    await builder.press('Control+Home');
    expect(await builder.cursorLine()).toBe('from fastapi import FastAPI');
    await watched.page.locator('fapi-deploy-status').getByRole('button', { name: `main.py:${lines + 2}`, exact: true }).click();
    await seen(async () => (await builder.cursorLine()) === 'total = prices["pear"]', 'the cursor on the line again');
    expect(await watched.page.evaluate(() => document.querySelector('fapi-builder')!.shadowRoot!.querySelector('fapi-editor')!.shadowRoot!.activeElement?.localName)).toBe('fapi-code');
  });

  it('is mended by a deploy that works, and the failure is gone', async () => {
    await builder.replaceWord('pear', 'apple');
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    expect(await watched.page.locator('fapi-deploy-status .failure').count()).toBe(0);
    expect(await answer()).toEqual(hello);
  });

  it('that reads a variable which is not there leads to its value, and from there to a deploy that is live', async () => {
    const { page } = watched;
    // What is offered at the cursor lies over the code.
    await builder.press('Escape');
    await builder.typeAtEnd('\nimport os\ntoken = os.environ["SHOP_TOKEN"]');
    await builder.deploy();
    await page.locator('fapi-deploy-status').getByRole('button', { name: 'Add SHOP_TOKEN in the settings' }).click();
    await page.locator('fapi-settings [name=value]').fill('seen by nobody');
    await page.locator('fapi-settings').getByRole('button', { name: 'Save', exact: true }).click();
    const onward = page.locator('fapi-settings .bar').getByRole('button', { name: 'Deploy', exact: true });
    await seen(() => onward.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button), 'the focus on the way on');
    await page.locator('fapi-editor .problems button.finding', { hasText: 'KeyError' }).waitFor({ state: 'detached' });
    await page.locator('#tab-deploy').click();
    await page.locator('fapi-deploy-status').getByText('SHOP_TOKEN is in the settings now.').waitFor();
    await page.locator('fapi-deploy-status').getByRole('button', { name: 'Deploy again' }).click();
    await page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
  });

  it('that was refused gives way to what is live, once the live files are in the draft again', async () => {
    const { page } = watched;
    await builder.typeAtEnd('\ntotal = = 1');
    await builder.deploy();
    await page.locator('fapi-deploy-status').getByText('The draft has errors.').waitFor();
    await page.locator('fapi-deploy-status').getByRole('button', { name: 'Put the live files back' }).click();
    await page.locator('fapi-deploy-status details.earlier').waitFor();
    await page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    const facts = await page.locator('fapi-editor .toolbar .facts').innerText();
    expect([facts.includes('Up to date'), facts.includes('Last deploy failed')]).toEqual([true, false]);
    expect(await answer()).toEqual(hello);
    expect(troubles(watched)).toEqual([]);
  });
});
