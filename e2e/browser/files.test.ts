import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type FapiClient } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

const logo = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const site = 'from fastapi import FastAPI\nfrom fastapi.staticfiles import StaticFiles\n\napp = FastAPI()\napp.mount("/static", StaticFiles(directory="static"))\n';

/** Files of a real disk in the real page, and what the real app serves of them. */
describe('files of the disk', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appId: string;
  let disk: string;

  const tree = () => watched.page.locator('fapi-file-tree');
  const row = (path: string) => tree().locator(`[data-path="${path}"]`);
  const said = () => tree().locator('.said');
  const digest = async (id: string): Promise<string> => (await client.drafts.versions(id)).items[0]!.digest;
  const paths = async (id: string): Promise<string[]> => (await client.drafts.read(id)).files.map(({ path }) => path);
  /** Chooses an entry of the menu above the tree, and hands over what the browser then asks for. */
  async function pick(word: string, chosen: string | string[]): Promise<void> {
    await tree().getByRole('button', { name: 'More file actions' }).click();
    const asked = watched.page.waitForEvent('filechooser');
    await tree().getByRole('menuitem', { name: word }).click();
    await (await asked).setFiles(chosen);
  }
  async function exportZip(): Promise<Buffer> {
    await tree().getByRole('button', { name: 'More file actions' }).click();
    const download = watched.page.waitForEvent('download');
    await tree().getByRole('menuitem', { name: 'Export zip' }).click();
    return readFile(await (await download).path());
  }
  /** As a browser asks for it, with what it has of it already. */
  async function fetchStatic(path: string, etag?: string): Promise<{ status: number; type: string | undefined; etag: string | undefined; body: Buffer }> {
    const { url } = await client.apps.read(appId);
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: portal.system.gatewayPort, path, headers: { host: new URL(url).host, ...(etag === undefined ? {} : { 'if-none-match': etag }) } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode!, type: answer.headers['content-type'], etag: answer.headers.etag, body: Buffer.concat(chunks) }));
      }).on('error', reject);
    });
  }

  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'fapi-files-'));
    await mkdir(join(disk, 'static', '.cache'), { recursive: true });
    await writeFile(join(disk, 'static', 'logo.png'), logo);
    await writeFile(join(disk, 'static', 'site.css'), 'body { color: teal }\n');
    await writeFile(join(disk, 'static', '.cache', 'x'), 'x');
    await writeFile(join(disk, 'main.py'), site);
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    builder = makeBuilder(watched.page);
    appId = await builder.createApp('Hello', 'Lighthouse');
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
    await rm(disk, { recursive: true, force: true });
  });

  it('that are dropped as a folder on the tree are in the draft, what is hidden is not, and that is said', async () => {
    const box = (await tree().locator('ul').boundingBox())!;
    const cdp = await watched.page.context().newCDPSession(watched.page);
    const data = { items: [], files: [join(disk, 'static')], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await cdp.send('Input.dispatchDragEvent', { type, x: box.x + box.width / 2, y: box.y + box.height - 20, data });
    await row('static/logo.png').waitFor();
    await said().getByText('Left out: static/.cache (hidden)').waitFor();
  });

  it('that are picked ask once about a name that is taken, and take its place', async () => {
    await pick('Add files…', [join(disk, 'main.py')]);
    await tree().getByRole('button', { name: 'Replace it', exact: true }).click();
    await seen(async () => (await builder.code()).includes('StaticFiles'), 'the new main.py');
  });

  it('are served with their types, by a tag that spares the next visit their bytes', async () => {
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    const picture = await fetchStatic('/static/logo.png');
    expect(picture).toMatchObject({ status: 200, type: 'image/png', body: logo });
    expect(picture.etag).toBeTruthy();
    expect(await fetchStatic('/static/logo.png', picture.etag)).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    expect(await fetchStatic('/static/site.css')).toMatchObject({ status: 200, type: 'text/css; charset=utf-8', body: Buffer.from('body { color: teal }\n') });
  });

  it('go out as an archive and into another app as the same digest, to the byte', async () => {
    const zip = await exportZip();
    await writeFile(join(disk, 'lighthouse.zip'), zip);
    const former = await digest(appId);
    const other = await builder.createApp('Hello', 'Second lighthouse');
    await pick('Import zip…', join(disk, 'lighthouse.zip'));
    await tree().getByRole('button', { name: 'Replace the whole draft' }).click();
    await row('static/logo.png').waitFor();
    await seen(async () => (await digest(other)) === former, 'the same digest');
    expect((await exportZip()).equals(zip)).toBe(true);
  });

  it('are moved as a folder by a drag, by name with F2, and back with Ctrl+Z', async () => {
    const id = new URL(watched.page.url()).hash.slice(1);
    await tree().getByRole('button', { name: 'New file' }).click();
    await watched.page.keyboard.type('web/index.html');
    await watched.page.keyboard.press('Enter');
    await row('static').dragTo(row('web'));
    await row('web/static/site.css').waitFor();
    await seen(async () => (await paths(id)).includes('web/static/logo.png'), 'the move on the server');
    await row('web/static').click();
    await watched.page.keyboard.press('F2');
    await watched.page.keyboard.type('public');
    await watched.page.keyboard.press('Enter');
    await row('web/public').waitFor();
    for (const back of ['web/static', 'static']) {
      await row('main.py').focus();
      await watched.page.keyboard.press('Control+z');
      await row(back).waitFor();
    }
    await seen(async () => (await paths(id)).join() === ['main.py', 'static/logo.png', 'static/site.css', 'web/index.html'].join(), 'the files as they were');
  });

  it('leave what was undone in sight under the pointer, and no longer', async () => {
    await tree().evaluate((one) => Object.assign(one, { saidMs: 0 }));
    await row('web/index.html').focus();
    await watched.page.keyboard.press('Delete');
    await said().getByText('web/index.html was deleted.').hover();
    await row('main.py').focus();
    await watched.page.keyboard.press('Control+z');
    await said().getByText('Undone: deleting web/index.html').waitFor();
    // The time is over with the next task.
    await watched.page.evaluate(() => new Promise((resolve) => { setTimeout(resolve); }));
    expect(await said().innerText()).toContain('Undone: deleting web/index.html');
    await row('main.py').hover();
    await said().getByText('Undone').waitFor({ state: 'detached' });
  });

  it('break none of the rules of the page', () => {
    expect(troubles(watched)).toEqual([]);
  });
});
