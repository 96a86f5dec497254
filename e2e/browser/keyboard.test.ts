import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visit } from '../visit.ts';
import { type Announced, type Keyboard, listenTo, makeKeyboard } from './keyboard.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

/** The whole story without a pointer: create, edit, fix a finding, deploy, read logs, revert. */
describe('a builder with a keyboard only', () => {
  let portal: Portal;
  let watched: Watched;
  let keyboard: Keyboard;
  let announced: Announced;
  let client: FapiClient;
  let appId: string;

  const answer = async (path = '/'): Promise<unknown> => JSON.parse((await visit(portal.system.gatewayPort, (await client.apps.read(appId)).url, path)).body);
  const live = (deploy: number) => watched.page.locator('fapi-editor .toolbar').getByText(`· deploy ${deploy}`).waitFor();
  const hears = (text: string | RegExp) => seen(async () => (await announced.heard()).some((one) => (typeof text === 'string' ? one.includes(text) : text.test(one))), `"${text}" read out`);
  const said = (selector: string) => watched.page.locator(selector);

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    announced = await listenTo(watched.page);
    keyboard = makeKeyboard(watched.page);
    await watched.page.getByText('Create one from a starter.').waitFor();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('creates an app from a starter, and is in its code', async () => {
    await keyboard.tabTo('button', 'New app');
    await keyboard.press('Enter');
    await keyboard.has('text', 'Name');
    await keyboard.type('Tide by keys');
    await keyboard.tabTo('radio', /^Hello/);
    await keyboard.press('ArrowDown', 'ArrowUp', 'Enter');
    await keyboard.has('textbox', 'Code: main.py');
    appId = new URL(watched.page.url()).hash.slice(1);
    expect((await client.apps.read(appId)).title).toBe('Tide by keys');
  });

  it('types, goes to the next problem, and takes its fix', async () => {
    await keyboard.press('Control+Home');
    await keyboard.type('import os\nimport sys\n\nprint("tide of", sys.platform)\n');
    await said('fapi-editor .problems button.finding').filter({ hasText: 'os' }).waitFor();
    await hears('1 note');
    await keyboard.press('Control+Home', 'F8', 'Control+.');
    await keyboard.has('menuitem', /unused import: `os`/);
    await keyboard.press('Enter');
    await keyboard.has('textbox', 'Code: main.py');
    await hears('No problems');
    expect((await said('fapi-editor .cm-line').first().textContent())).toBe('import sys');
  });

  it('deploys', async () => {
    await keyboard.press('Control+Enter');
    await live(1);
    await hears(/^Live in/);
    expect(await answer()).toEqual({ message: 'Hello from your portal' });
  });

  it('makes a file in the tree and goes on in it', async () => {
    await keyboard.press('Escape');
    await keyboard.tabTo('button', 'New file', 'Shift+Tab');
    await keyboard.press('Enter');
    await keyboard.type('tides.py');
    await keyboard.press('Enter');
    await keyboard.has('textbox', 'Code: tides.py');
    await keyboard.type('HIGH = 4.1\n');
    await keyboard.command('main.py', 'Control+p');
    await keyboard.has('textbox', 'Code: main.py');
    await keyboard.press('Control+End');
    await keyboard.type('\n\nfrom tides import HIGH\n\n\n@app.get("/high")\ndef high():\nreturn {"high": HIGH}\n');
    await keyboard.press('Control+s');
    await seen(async () => (await said('fapi-editor .toolbar .chip').innerText()) === 'Draft not deployed', 'the draft is saved');
    await keyboard.press('Control+Enter');
    await live(2);
    expect(await answer('/high')).toEqual({ high: 4.1 });
  });

  it('hears of a deploy that fails, of its stage, and is at its place in the code', async () => {
    await keyboard.press('Control+Home');
    await keyboard.type('nothing_here\n');
    await keyboard.press('Control+End', 'Control+Enter');
    await hears('Failed while preparing');
    await keyboard.has('textbox', 'Code: main.py');
    expect(await said('fapi-editor .cm-activeLine').textContent()).toBe('nothing_here');
    await keyboard.press('Control+Shift+KeyK', 'Control+s');
    await seen(async () => (await said('fapi-editor .cm-line').first().textContent()) === 'import sys', 'the line is gone');
  });

  it('reads what the app printed', async () => {
    await keyboard.command('Show Logs');
    await keyboard.has('tab', 'Logs');
    await said('fapi-logs').getByText('tide of linux').first().waitFor();
    await keyboard.tabTo('search', 'Search lines');
    await keyboard.type('tide');
    await seen(async () => (await said('fapi-logs mark').count()) > 0, 'what was searched for is marked');
    await keyboard.tabTo('treegrid', 'Logs');
    await keyboard.press('End', 'Shift+Home');
    await seen(async () => (await said('fapi-logs [role=row][aria-selected=true]').count()) > 1, 'the lines are selected');
  });

  it('reverts to the first deploy', async () => {
    await keyboard.command('Show History');
    await keyboard.has('tab', 'History');
    await said('fapi-history .revisions').waitFor();
    await keyboard.tabTo('button', /^Revert to this|^Revert to/);
    await keyboard.press('Enter');
    await keyboard.tabTo('button', /^Revert/);
    await keyboard.press('Enter');
    await live(4);
    // The panel that had the focus has made place for the stages of the deploy.
    await keyboard.has('tab', 'Deploy');
    expect(await answer()).toEqual({ message: 'Hello from your portal' });
    expect((await visit(portal.system.gatewayPort, (await client.apps.read(appId)).url, '/high')).status).toBe(404);
  });

  it('leaves the code by Escape and Tab, and only then', async () => {
    await keyboard.command('main.py', 'Control+p');
    await keyboard.has('textbox', 'Code: main.py');
    const before = await said('fapi-editor .cm-content').innerText();
    await keyboard.press('Control+Home', 'Tab');
    await keyboard.has('textbox', 'Code: main.py');
    expect(await said('fapi-editor .cm-line').first().textContent()).toMatch(/^ {4}\S/);
    await keyboard.press('Control+z', 'Escape', 'Tab');
    expect((await keyboard.focused()).name).not.toBe('Code: main.py');
    expect(await said('fapi-editor .cm-content').innerText()).toBe(before);
  });

  it('deletes the app, and has it back', async () => {
    await keyboard.tabTo('button', 'More actions for Tide by keys');
    await keyboard.press('Enter');
    await keyboard.has('menuitem', /^Rename/);
    await keyboard.press('ArrowUp');
    await keyboard.has('menuitem', /^Delete/);
    await keyboard.press('Enter');
    await keyboard.has('button', 'Undo');
    expect((await client.apps.list()).items).toEqual([]);
    await keyboard.press('Enter');
    await keyboard.has('link', /^Tide by keys/);
    expect((await client.apps.list()).items.map(({ id }) => id)).toEqual([appId]);
  });

  it('logged no error and broke no policy all along', () => {
    // A check of what was typed last was on its way when the app was deleted.
    expect(troubles(watched).filter((trouble) => !/^404 POST .*\/validate$/.test(trouble))).toEqual([]);
  });
});
