import { createHash } from 'node:crypto';
import type { FapiEditor } from '@fapi/components';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../packages/components/src/version.ts';
import { type ForeignPortal, startForeignPortal } from './foreign-portal.ts';
import { type Portal, startPortal, troubles } from './portal.ts';

interface Integrity { readonly version: string; readonly modules: Readonly<Record<string, string>> }

describe('a version of the elements, pinned by a portal of another origin', () => {
  let fapi: Portal;
  let portal: ForeignPortal;
  let integrity: Integrity;
  const pinned = (name: string): string => `${fapi.system.baseUrl}/embed/${version}/${name}`;

  beforeAll(async () => {
    fapi = await startPortal();
    const { baseUrl } = fapi.system;
    integrity = await (await fetch(pinned('integrity.json'))).json() as Integrity;
    const importMap = JSON.stringify({ integrity: Object.fromEntries(Object.entries(integrity.modules).map(([name, hash]) => [pinned(name), hash])) });
    const body = `<script type="importmap">${importMap}</script><script type="module" src="${pinned('fapi.js')}" integrity="${integrity.modules['fapi.js']}" crossorigin></script>`;
    const elements = `<fapi-provider base-url="${baseUrl}" token-url="/portal/embed-token"><fapi-apps></fapi-apps><fapi-editor></fapi-editor></fapi-provider>`;
    const policy = `default-src 'none'; script-src ${baseUrl} 'sha256-${createHash('sha256').update(importMap).digest('base64')}'; connect-src 'self' ${baseUrl} ${baseUrl.replace('http', 'ws')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html`;
    const html = (scripts: string): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portal</title><link rel="icon" href="data:,">${scripts}<body>${elements}`;
    portal = await startForeignPortal(fapi.system, (path) => {
      switch (path) {
        case '/pinned': return { body: html(body), type: 'text/html', policy: `${policy}; img-src data:` };
        case '/twice': return { body: html(`<script type="module" src="${baseUrl}/embed/fapi.js"></script><script type="module" src="${pinned('fapi.js')}"></script>`), type: 'text/html' };
        default: return undefined;
      }
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await fapi?.stop();
  });
  const open = async (path: string, prepare: (watched: Awaited<ReturnType<Portal['open']>>) => Promise<unknown> = async () => undefined) => {
    const watched = await fapi.open('/blank');
    watched.refusals.length = 0;
    await prepare(watched);
    await watched.page.goto(`${portal.origin}${path}`);
    return watched;
  };
  const create = async ({ page }: Awaited<ReturnType<Portal['open']>>): Promise<void> => {
    await page.locator('fapi-apps:defined').waitFor();
    await page.evaluate(() => document.querySelector('fapi-apps')!.addEventListener('fapi-app-select', ({ detail }) => { document.querySelector('fapi-editor')!.appId = detail.appId; }));
    await page.getByRole('button', { name: 'New app' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Pinned');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
  };

  it('is served to be kept for ever, with a hash of each module; another one is not there', async () => {
    expect(integrity.version).toBe(version);
    for (const [name, hash] of Object.entries(integrity.modules)) {
      const answer = await fetch(pinned(name), { headers: { origin: portal.origin } });
      expect([answer.headers.get('cache-control'), answer.headers.get('access-control-allow-origin')]).toEqual(['public, max-age=31536000, immutable', '*']);
      expect(`sha384-${createHash('sha384').update(new Uint8Array(await answer.arrayBuffer())).digest('base64')}`).toBe(hash);
    }
    expect((await fetch(`${fapi.system.baseUrl}/embed/fapi.js`)).headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(`${fapi.system.baseUrl}/embed/0.0.1/fapi.js`)).status).toBe(404);
  });

  it('works under a strict policy, with what it loads later', async () => {
    const watched = await open('/pinned');
    await create(watched);
    await watched.page.locator('fapi-editor .cm-content').waitFor();
    expect(troubles(watched)).toEqual([]);
    await watched.context.close();
  });

  it('runs nothing of a module that is another than it was, also when it comes later', async () => {
    const watched = await open('/pinned', ({ page }) => page.route(/\/embed\/[\d.]+\/editor-/, async (route) => {
      const answer = await route.fetch();
      return route.fulfill({ response: answer, body: `globalThis.stolen = true;${await answer.text()}` });
    }));
    await create(watched);
    const area = watched.page.locator('fapi-editor textarea');
    await area.waitFor();
    await watched.page.getByText('The editor cannot be loaded: this is a plain field.').waitFor();
    await area.fill('x = 1\n');
    expect(await watched.page.locator('fapi-editor').evaluate((editor) => (editor as FapiEditor).isDirty)).toBe(true);
    // What the browser says of the module is not ours to hide; a rejection that nobody took would be.
    expect(watched.faults.filter((fault) => fault.includes('dynamically imported'))).toEqual([]);
    await expect.poll(() => watched.faults.filter((fault) => fault.includes('integrity'))).not.toEqual([]);
    expect(await watched.page.evaluate(() => 'stolen' in globalThis)).toBe(false);
    await watched.context.close();
  });

  it('says in the console which two versions a page has, and nobody else speaks before it', async () => {
    const said: string[] = [];
    const watched = await open('/twice', ({ page }) => {
      page.on('console', (message) => said.push(message.text()));
      return page.route(`${fapi.system.baseUrl}/embed/${version}/*.js`, async (route) => {
        const answer = await route.fetch();
        return route.fulfill({ response: answer, body: (await answer.text()).replaceAll(version, '99.0.0') });
      });
    });
    await create(watched);
    await watched.page.locator('fapi-editor .cm-content').waitFor();
    expect(said[0]).toContain(`@fapi/components 99.0.0: it is on this page twice. The copy that came first (${version}) draws`);
    expect(said.length).toBe(1);
    await watched.context.close();
  });
});
