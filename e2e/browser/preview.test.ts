import { createClient, type App, type FapiClient } from '@fapi/sdk';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';
import { type SecurePortal, startSecurePortal } from './secure-portal.ts';

/** Pages with a policy of their own that wants no frame around them, JSON, a page that answers a POST, and one that breaks. */
const shop = (version: number): string => `
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

app = FastAPI()
rows = "".join(f"<li>row {n}</li>" for n in range(300))


@app.middleware("http")
async def protect(request: Request, call_next):
    response = await call_next(request)
    response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    response.headers["X-Frame-Options"] = "DENY"
    return response


@app.get("/", response_class=HTMLResponse)
def home() -> str:
    return "<!doctype html><html><head><title>Shop</title></head><body><h1>version ${version}</h1><a href='/items?page=2'>Page two</a> <a href='/json?n=1'>Numbers</a><form method=post action=/orders><button>Order</button></form></body></html>"


@app.get("/items", response_class=HTMLResponse)
def items(page: int) -> str:
    return f"<!doctype html><title>Items</title><h1>version ${version}, page {page}</h1><ul>{rows}</ul><h2 id=end>The end</h2>"


@app.get("/json")
def numbers(n: int) -> dict[str, int]:
    return {"version": ${version}, "n": n}


orders = []


@app.post("/orders", response_class=HTMLResponse)
def order() -> str:
    orders.append(1)
    return "<!doctype html><title>Thanks</title><h1>ordered</h1>"


@app.get("/orders", response_class=HTMLResponse)
def list_orders() -> str:
    return f"<!doctype html><title>Orders</title><h1>version ${version}, orders {len(orders)}</h1>"


@app.get("/broken.js")
def script() -> HTMLResponse:
    return HTMLResponse("noSuchName()", media_type="text/javascript")


@app.get("/broken", response_class=HTMLResponse)
def broken() -> str:
    return "<!doctype html><html><head><title>Broken</title></head><body><h1>broken</h1><script src=/broken.js></script></body></html>"
`;

/** Does in its page what a page in a frame must not be able to do. */
const hostile = `
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

app = FastAPI()


@app.get("/", response_class=HTMLResponse)
def home() -> str:
    return "<!doctype html><html><head><title>Hostile</title></head><body><h1>hostile</h1><p id=out></p><script src=/attack.js></script></body></html>"


@app.get("/attack.js")
def attack() -> Response:
    return Response("""
const seen = [];
const attempt = (name, act) => { try { seen.push(name + ':' + act()); } catch (error) { seen.push(name + ':' + error.name); } };
attempt('read', () => parent.document.body.innerText);
attempt('storage', () => parent.localStorage.length);
attempt('top', () => { top.location = '/gone'; return 'asked'; });
attempt('parent', () => { parent.location.replace('https://evil.example/'); return 'asked'; });
attempt('open', () => { window.open('/gone', '_top'); return 'asked'; });
document.querySelector('#out').textContent = seen.join(' ');
addEventListener('load', () => {
  parent.postMessage({ fapi: 'preview' }, '*');
  parent.postMessage(null, '*');
  const { port1, port2 } = new MessageChannel();
  parent.postMessage({ fapi: 'preview' }, '*', [port2]);
  for (const path of ['//evil.example/', 'https://evil.example/', 'javascript:alert(1)', 7, '/' + 'x'.repeat(9000)]) {
    port1.postMessage({ kind: 'place', path, x: 0, y: 0 });
    port1.postMessage({ kind: 'leaving', path });
  }
  port1.postMessage({ kind: 'place', path: '/ok', x: 'a', y: {} });
  port1.postMessage({ kind: 'error', message: {} });
  port1.postMessage({ kind: 'error', message: '<img src=x onerror=alert(1)>' + 'y'.repeat(9000) });
});
""", media_type="text/javascript")
`;

describe('the live app in a page of another origin', () => {
  let portal: Portal;
  let secure: SecurePortal;
  let client: FapiClient;
  let app: App;
  let watched: Watched;
  const preview = () => watched.page.locator('fapi-preview');
  const path = () => preview().getByLabel('Path of the page').inputValue();
  /** What the frame shows, as its own process sees it. */
  const frame = (): Frame => watched.page.frames().find((one) => one !== watched.page.mainFrame())!;
  const shown = (): Promise<string> => frame().evaluate(() => document.body.innerText);
  const shows = (words: string): Promise<unknown> => seen(async () => (await shown()).includes(words), `"${words}" in the frame`);
  const deploy = async (version: number, source = shop): Promise<void> => {
    const draft = await client.drafts.read(app.id);
    const { version: draftVersion } = await client.drafts.patch(app.id, { version: draft.version, put: [{ path: 'main.py', content: source(version) }] });
    await client.deployments.untilSettled(await client.deployments.create(app.id, { draftVersion }));
  };
  const scrolled = (): Promise<number> => frame().evaluate(() => Math.round(scrollY));

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    app = await client.apps.create({ title: 'Shop', files: [{ path: 'main.py', content: shop(1) }] });
    secure = await startSecurePortal(portal.system, client, `<fapi-builder app-id="${app.id}"></fapi-builder>`);
    watched = await portal.open(secure.origin, { ignoreHTTPSErrors: true });
    await watched.page.locator('fapi-editor .cm-content').waitFor();
    await watched.page.getByRole('tab', { name: 'Preview' }).click();
  });
  afterAll(async () => {
    client?.close();
    await secure?.stop();
    await portal?.stop();
  });

  it('says that nothing is live, and is there as soon as something is, whatever the app says of frames', async () => {
    await preview().getByText('Never deployed').waitFor();
    await client.deployments.untilSettled(await client.deployments.create(app.id, { draftVersion: 1 }));
    await seen(async () => (await shown()).includes('version 1'), 'version 1 in the frame');
    expect(new URL(frame().url()).host).toBe(`${app.host}--preview.localhost:${portal.system.gatewayPort}`);
    expect(await path()).toBe('/');
  });

  it('goes along with what is clicked in it, and keeps page and place when another revision goes live', async () => {
    await frame().getByRole('link', { name: 'Page two' }).click();
    await shows('version 1, page 2');
    await seen(async () => (await path()) === '/items?page=2', 'the path of the second page');
    await frame().evaluate(() => scrollTo(0, 1_234));
    await deploy(2);
    await shows('version 2, page 2');
    await seen(async () => (await scrolled()) === 1_234, 'the same place of the page');
    expect(await path()).toBe('/items?page=2');
  });

  it('keeps a fragment, and loads the page anew all the same', async () => {
    await preview().getByLabel('Path of the page').fill('/items?page=3#end');
    await watched.page.keyboard.press('Enter');
    await shows('version 2, page 3');
    await seen(async () => (await scrolled()) > 2_000, 'the end of the page');
    await deploy(3);
    await shows('version 3, page 3');
    await seen(async () => new URL(frame().url()).hash === '#end', 'the fragment');
    await seen(async () => (await path()) === '/items?page=3#end', 'the path with its fragment');
  });

  it('follows a page that moves by script, and goes back and forward in the history of the frame alone', async () => {
    await frame().evaluate(() => history.pushState(null, '', '/items?page=4'));
    await seen(async () => (await path()) === '/items?page=4', 'the path that the page made');
    await preview().getByRole('button', { name: 'Back' }).click();
    await seen(async () => (await path()) === '/items?page=3#end', 'the path before');
    await preview().getByRole('button', { name: 'Forward' }).click();
    await seen(async () => (await path()) === '/items?page=4', 'the path after it');
    await deploy(4);
    await shows('version 4, page 4');
  });

  it('shows JSON, which has no script, and shows it anew as well', async () => {
    await preview().getByLabel('Path of the page').fill('/');
    await watched.page.keyboard.press('Enter');
    await shows('version 4');
    await frame().getByRole('link', { name: 'Numbers' }).click();
    await shows('"version":4');
    await seen(async () => (await path()) === '/json?n=1', 'the path of what has no script');
    await deploy(5);
    await shows('"version":5');
    await deploy(6);
    await shows('"version":6,"n":1');
  });

  it('never sends again what was posted', async () => {
    await preview().getByLabel('Path of the page').fill('/');
    await watched.page.keyboard.press('Enter');
    await shows('Order');
    await frame().getByRole('button', { name: 'Order' }).click();
    await shows('ordered');
    await seen(async () => (await path()) === '/orders', 'the path of the answer');
    await deploy(7);
    await shows('version 7, orders 0');
  });

  it('says which error the page had, until it is left', async () => {
    await preview().getByLabel('Path of the page').fill('/broken');
    await watched.page.keyboard.press('Enter');
    await preview().getByText('Error in the page: ReferenceError: noSuchName is not defined').waitFor();
    await preview().getByLabel('Path of the page').fill('https://elsewhere.example/');
    await watched.page.keyboard.press('Enter');
    await preview().getByText('Only pages of this app can be shown here.').waitFor();
    await watched.page.keyboard.press('Escape');
    await preview().getByLabel('Path of the page').fill(`${app.url}items?page=5`);
    await watched.page.keyboard.press('Enter');
    await shows('version 7, page 5');
    expect(await preview().getByText('Error in the page').count()).toBe(0);
    expect(await preview().getByRole('link', { name: 'Open in a new tab' }).getAttribute('href')).toBe(`${app.url}items?page=5`);
  });

  it('shows the newest revision of the same page when the panel was left meanwhile', async () => {
    await watched.page.getByRole('tab', { name: 'Logs' }).click();
    await deploy(8);
    await watched.page.getByRole('tab', { name: 'Preview' }).click();
    await shows('version 8, page 5');
  });

  it('broke no policy of the page', () => {
    expect(troubles(watched).filter((trouble) => !trouble.includes('noSuchName'))).toEqual([]);
  });

  it('shows a hostile app, which reads nothing, leads nobody away and is believed nothing', async () => {
    const { id } = await client.apps.create({ title: 'Hostile', files: [{ path: 'main.py', content: hostile }] });
    await client.deployments.untilSettled(await client.deployments.create(id, { draftVersion: 1 }));
    const other = await portal.open(secure.origin, { ignoreHTTPSErrors: true });
    await other.page.locator('fapi-editor .cm-content').waitFor();
    await other.page.evaluate((hostileId) => {
      const element = Object.assign(document.createElement('fapi-preview'), { appId: hostileId });
      document.querySelector('fapi-provider')!.replaceChildren(element);
    }, id);
    const inner = await seen(async () => other.page.frames().find((one) => one.url().includes('--preview')), 'the frame of the hostile app');
    const tried = await seen(async () => (await inner.locator('#out').textContent())!, 'what it tried');
    expect(tried).toContain('read:SecurityError storage:SecurityError');
    const element = other.page.locator('fapi-preview');
    await element.getByText('Error in the page: <img src=x').waitFor();
    expect((await element.locator('.error').textContent())!.length).toBeLessThan(600);
    expect(await element.getByLabel('Path of the page').inputValue()).toBe('/');
    expect(await element.getByRole('link', { name: 'Open in a new tab' }).getAttribute('href')).toMatch(/^http:\/\/hostile-.*\.localhost:\d+\/$/);
    expect(other.page.url()).toBe(`${secure.origin}/`);
    expect(other.faults.filter((fault) => /Trusted|refused/.test(fault))).toEqual([]);
    await other.context.close();
  });
});
