import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit } from '../visit.ts';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const main = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/tide")\ndef read_tide() -> dict[str, int]:\n    return {"cm": 310}\n';

/** What a builder does with what was deployed before: compares, pins, takes, clones; and calls a deploy off. */
describe('the history of an app, at the page', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appId: string;

  const history = () => watched.page.locator('fapi-history');
  const row = (name: string) => history().getByRole('listitem').filter({ hasText: name });
  const show = (panel: string) => watched.page.getByRole('tab', { name: panel, exact: true }).click();
  const answer = async (path: string): Promise<{ status: number; body: string }> => visit(portal.system.gatewayPort, (await client.apps.read(appId)).url, path);
  const revisions = async () => (await client.revisions.list(appId)).items;

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    ({ id: appId } = await client.apps.create({ title: 'Tide history', files: [{ path: 'main.py', content: main }] }));
    await client.environment.save(appId, { version: 0, variables: [{ name: 'REGION', value: 'north', secret: false, scope: 'both' }] });
    await client.deployments.untilSettled(await client.deployments.create(appId, { draftVersion: 1 }));
    watched = await portal.open(`/#${appId}`);
    builder = makeBuilder(watched.page);
    await builder.code();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('compares two revisions: the files line by line, and what has become of the API', async () => {
    await builder.replaceWord('tide', 'water');
    await builder.deploy();
    await watched.page.locator('fapi-editor .toolbar').getByText('· deploy 2').waitFor();
    await show('History');
    await row('r2').getByRole('button', { name: 'Compare r2' }).click();
    await history().getByRole('button', { name: 'Back to history' }).waitFor();
    const said = await seen(async () => {
      const text = (await history().locator('section').first().innerText()).replaceAll(/\s+/g, ' ');
      return text.includes('GET /tide') && text.includes('GET /water') ? text : undefined;
    }, 'both routes');
    expect(said).toContain('breaking');
    expect(said).toContain('@app.get("/tide")');
    await history().getByRole('button', { name: 'Back to history' }).click();
  });

  it('says that the draft does not differ, and what differs once it does', async () => {
    await history().getByRole('button', { name: 'Compare draft' }).click();
    await history().getByText('No difference').waitFor();
    await builder.typeAtEnd('# a note\n');
    await builder.press('Control+s');
    await history().getByText('# a note').waitFor();
    await history().getByRole('button', { name: 'Back to history' }).click();
  });

  it('pins a revision, and lets it go', async () => {
    await row('r1').getByRole('button', { name: 'Pin r1' }).click();
    await row('r1').getByText('Pinned', { exact: true }).waitFor();
    expect((await revisions()).map(({ number, pinned }) => [number, pinned])).toEqual([[2, false], [1, true]]);
    await row('r1').getByRole('button', { name: 'Unpin r1' }).click();
    await row('r1').getByText('Pinned', { exact: true }).waitFor({ state: 'detached' });
    expect((await revisions()).map(({ pinned }) => pinned)).toEqual([false, false]);
  });

  it('takes the files of a revision into the draft, and gives the draft back', async () => {
    await row('r1').getByRole('button', { name: /To draft/ }).click();
    await seen(async () => (await builder.code()) === main, 'the files of r1');
    await history().getByRole('button', { name: 'Undo' }).click();
    await seen(async () => (await builder.code()).includes('"/water"') && (await builder.code()).includes('# a note'), 'the draft as it was');
  });

  it('clones an app from a revision, with the names of its variables, and deploys the copy', async () => {
    await row('r1').getByRole('button', { name: /Clone from here/ }).click();
    const form = history().locator('form.clone');
    await form.getByRole('textbox', { name: 'Name' }).fill('Copy with names');
    await form.getByRole('combobox', { name: 'Variables' }).selectOption({ label: 'Names only' });
    await form.getByRole('checkbox', { name: 'Deploy right away' }).check();
    await form.getByRole('button', { name: 'Clone' }).click();
    await history().getByText('Copy with names was created.').waitFor();
    const copy = (await client.apps.list()).items.find(({ title }) => title === 'Copy with names')!;
    expect((await client.drafts.read(copy.id)).files).toEqual([{ path: 'main.py', content: main }]);
    await seen(async () => (await visit(portal.system.gatewayPort, copy.url, '/tide')).status === 200, 'the copy answers');
    expect((await client.environment.read(copy.id)).variables.map(({ name, value }) => [name, value ?? ''])).toEqual([['REGION', '']]);
    await watched.page.getByRole('navigation', { name: 'Apps' }).getByText('Copy with names').waitFor();
  });

  it('calls a deploy off while it starts, and the app before answers on', async () => {
    await builder.typeAtEnd('import time\ntime.sleep(30)\n');
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByRole('button', { name: 'Cancel' }).click();
    await watched.page.locator('fapi-deploy-status .headline').getByText('Cancelled').waitFor();
    expect((await client.deployments.list(appId)).items[0]).toMatchObject({ status: 'cancelled', generation: 3 });
    expect((await answer('/water')).status).toBe(200);
    await watched.page.locator('fapi-editor .toolbar').getByText('· deploy 2').waitFor();
  });

  it('logged no error and broke no policy all along', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
