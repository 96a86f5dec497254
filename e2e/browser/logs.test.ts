import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit } from '../visit.ts';
import { makeBuilder } from './builder.ts';
import { type Portal, startPortal, troubles, type Watched } from './portal.ts';

const main = `import logging

from fastapi import FastAPI

from prices import price_of

app = FastAPI()


@app.get("/print/{count}")
def print_lines(count: int) -> int:
    for number in range(count):
        print(f"printed {number}")
    logging.getLogger("orders").warning("WARNING: nearly sold out")
    return count


@app.get("/price/{name}")
def read(name: str) -> int:
    return price_of(name)
`;
const prices = `PRICES = {"lamp": 3}


def price_of(name: str) -> int:
    return PRICES[name]
`;

describe('the logs of an app that prints and raises', () => {
  let portal: Portal;
  let client: FapiClient;
  let watched: Watched;
  let appUrl: string;
  const logs = () => watched.page.locator('fapi-logs');
  const call = (path: string): Promise<{ status: number }> => visit(portal.system.gatewayPort, appUrl, path);

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    const app = await client.apps.create({ title: 'Prices', files: [{ path: 'main.py', content: main }, { path: 'prices.py', content: prices }] });
    appUrl = app.url;
    await client.deployments.untilSettled(await client.deployments.create(app.id, { draftVersion: 1 }));
    watched = await portal.open(`/#${app.id}`);
    await watched.page.locator('fapi-editor .cm-content').waitFor();
    await watched.page.getByRole('tab', { name: 'Logs', exact: true }).click();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('are followed as they are printed, and found by a word', async () => {
    expect((await call('/print/120')).status).toBe(200);
    await logs().getByText('printed 119', { exact: true }).waitFor();
    await logs().getByRole('searchbox', { name: 'Search lines' }).fill('printed 3');
    // 3 and 30 to 39.
    await logs().getByText('11 lines', { exact: true }).waitFor();
    await watched.page.keyboard.press('Enter');
    await logs().getByText('11 of 11', { exact: true }).waitFor();
    expect(await logs().locator('[data-current]').textContent()).toContain('printed 39');
    await watched.page.keyboard.press('Escape');
  });

  it('stay where they are read, and go down to what is new', async () => {
    await call('/print/5');
    await logs().getByRole('button', { name: /^\d+ new lines$/ }).click();
    await logs().getByText('WARNING: nearly sold out').last().waitFor();
    expect(await logs().getByRole('button', { name: /new line/ }).count()).toBe(0);
  });

  it('fold an error of the app, and lead to the line that raised it', async () => {
    expect((await call('/price/chair')).status).toBe(500);
    const row = logs().getByRole('row').filter({ hasText: "KeyError: 'chair'" });
    await row.getByText('prices.py:5').waitFor();
    await logs().getByRole('combobox', { name: 'Level' }).selectOption('error');
    await logs().getByText('printed 119', { exact: true }).waitFor({ state: 'detached' });
    await row.getByText('prices.py:5').click();
    await watched.page.locator('fapi-editor .cm-activeLine', { hasText: 'return PRICES[name]' }).waitFor();
    expect(await makeBuilder(watched.page).cursorLine()).toBe('    return PRICES[name]');
  });

  it('are read by keys alone, to the frame and into the editor', async () => {
    const list = logs().getByRole('treegrid');
    await list.focus();
    await watched.page.keyboard.press('End');
    await watched.page.keyboard.press('ArrowRight');
    await list.getByRole('row', { name: /in price_of/ }).waitFor();
    await logs().getByRole('region', { name: 'The line' }).getByRole('button', { name: 'Go to main.py:20' }).focus();
    await watched.page.keyboard.press('Enter');
    await watched.page.locator('fapi-editor .cm-activeLine', { hasText: 'return price_of(name)' }).waitFor();
    expect(troubles(watched)).toEqual([]);
  });
});
