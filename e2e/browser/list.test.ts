import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBuilder } from './builder.ts';
import { type Portal, startPortal, type Watched } from './portal.ts';

/** The calls of the list, and of nothing else. */
const list = /\/v1\/apps(\?|$)/;

describe('the list of apps at the page', () => {
  let portal: Portal;
  let client: FapiClient;
  let watched: Watched;

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    await client.apps.create({ title: 'Orders' });
    watched = await portal.open();
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });
  const refuseList = (status: number, code: string): Promise<unknown> =>
    watched.page.route(list, (route) => route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'Refused', status, code, requestId: 'req-1' }) }));
  const apps = () => watched.page.getByRole('navigation', { name: 'Apps' });

  it('says of each app what the editor says of it', async () => {
    await apps().getByRole('link', { name: 'Orders' }).getByText('Never deployed').waitFor();
    await watched.page.locator('fapi-editor .toolbar .pill').getByText('Never deployed').waitFor();
    expect(await watched.page.getByText('Never deployed').count()).toBe(2);
  });

  it('that cannot be read when the stream is there is tried again until it can, and is not said to be empty', async () => {
    await refuseList(500, 'internal');
    await watched.page.reload();
    await apps().getByText('The list of apps cannot be read right now. Trying again.').waitFor();
    expect(await apps().getByText('No apps yet').isVisible()).toBe(false);
    await watched.page.unroute(list);
    await apps().getByRole('link', { name: 'Orders' }).waitFor();
    await apps().getByText('The list of apps cannot be read right now.').waitFor({ state: 'hidden' });
  });

  it('deletes the app that is open, and Undo has it back in the editor with what was typed', async () => {
    const builder = makeBuilder(watched.page);
    await builder.typeAtEnd('\n# typed before it was deleted');
    await apps().getByRole('button', { name: 'More actions for Orders' }).click();
    await watched.page.getByRole('menuitem', { name: /^Delete/ }).click();
    // Of the editor and of each panel in it.
    const gone = watched.page.locator('fapi-editor').getByText('This app was deleted').first();
    await gone.waitFor();
    await apps().getByRole('button', { name: 'Undo' }).click();
    await gone.waitFor({ state: 'hidden' });
    expect(await builder.code()).toContain('# typed before it was deleted');
  });

  it('that is refused for good says what to do', async () => {
    await refuseList(403, 'forbidden');
    await watched.page.reload();
    await apps().getByRole('alert').getByText('No permission').waitFor();
    await watched.page.unroute(list);
    await watched.page.reload();
    await apps().getByRole('link', { name: 'Orders' }).waitFor();
    expect(watched.faults).toEqual([]);
  });
});
