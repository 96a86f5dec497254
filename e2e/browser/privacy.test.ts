import { createClient, type FapiClient } from '@fapi/sdk';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Builder, makeBuilder } from './builder.ts';
import { type Portal, startPortal, troubles, type Watched } from './portal.ts';

describe('what the page gives away', () => {
  let portal: Portal;
  let watched: Watched;
  let builder: Builder;
  let client: FapiClient;
  let appOrigin: string;

  /** One request as another program or a foreign page would send it. */
  const ask = (path: string, method: string, headers: Record<string, string>): Promise<{ status: number; type: string; body: string; headers: Record<string, unknown> }> => new Promise((resolve, reject) => {
    const { hostname, port } = new URL(portal.system.baseUrl);
    const asked = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk)).on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body, headers: response.headers }));
    });
    asked.on('error', reject);
    asked.end();
  });

  beforeAll(async () => {
    portal = await startPortal();
    client = createClient({ baseUrl: portal.system.baseUrl, apiKey: portal.system.operatorKey });
    watched = await portal.open();
    builder = makeBuilder(watched.page);
    const appId = await builder.createApp('Inventory', 'Private');
    appOrigin = new URL((await client.apps.read(appId)).url).origin;
    // Everything a page does with a token: the stream, a save, a check, a deploy, its link, a reload.
    await builder.typeAtEnd('# private\n');
    await builder.press('Control+s');
    await builder.deploy();
    await watched.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    const [tab] = await Promise.all([watched.context.waitForEvent('page'), watched.page.locator('fapi-deploy-status footer a').click()]);
    await tab.waitForLoadState();
    await watched.page.reload();
    // Over what is coloured, a line and all of it: there Chromium's own editing would put a style into the page.
    const content = watched.page.locator('fapi-editor .cm-content');
    await content.waitFor();
    await content.focus();
    for (const selection of [['Control+Home', 'Shift+ArrowDown'], ['Control+a']]) {
      for (const keys of selection) await builder.press(keys);
      await watched.page.keyboard.type('from fastapi import FastAPI');
    }
    expect(await builder.code()).toBe('from fastapi import FastAPI');
    await watched.page.locator('fapi-editor .cm-content[aria-autocomplete]').waitFor();
    await builder.press('Control+a');
    await watched.page.keyboard.type('(');
    expect(await builder.code()).toBe('(from fastapi import FastAPI)');
  });
  afterAll(async () => {
    client?.close();
    await portal?.stop();
  });

  it('keeps tokens out of the page, of every address, and of what the browser keeps', async () => {
    expect(watched.tokens.length).toBeGreaterThan(0);
    const kept = await watched.page.evaluate(async () => JSON.stringify({
      local: { ...localStorage }, session: { ...sessionStorage }, cookie: document.cookie, name: window.name, state: history.state as unknown, databases: await indexedDB.databases(), caches: await caches.keys().catch(() => []),
    }));
    const shadows = await watched.page.evaluate(() => {
      const text = (root: Document | ShadowRoot): string => [...root.querySelectorAll('*')].reduce((all, element) => all + (element.shadowRoot ? element.shadowRoot.innerHTML + text(element.shadowRoot) : ''), '');
      return text(document);
    });
    const source = await ask('/', 'GET', {});
    for (const secret of [...watched.tokens, portal.system.operatorKey]) {
      for (const [where, text] of Object.entries({ kept, shadows, page: await watched.page.content(), source: source.body, urls: watched.urls.join('\n') })) expect(text.includes(secret), `a token in ${where}`).toBe(false);
    }
    expect(await watched.context.cookies()).toEqual([]);
  });

  it('asks no origin but its own and the app\'s', () => {
    const origins = new Set(watched.urls.map((url) => new URL(url).origin));
    expect([...origins].toSorted()).toEqual([new URL(portal.system.baseUrl).origin, appOrigin].toSorted());
  });

  it('has a strict policy with Trusted Types on every file of its own, and breaks it nowhere', async () => {
    for (const path of ['/', '/portal.js', '/portal.css', '/favicon.svg']) {
      const { status, headers } = await ask(path, 'GET', {});
      expect(status, path).toBe(200);
      const directives = new Map(String(headers['content-security-policy']).split(';').map((directive) => directive.trim().split(/\s+/)).map(([name, ...values]) => [name, values]));
      expect(directives.get('default-src'), path).toEqual(["'none'"]);
      expect(directives.get('script-src')).toEqual(["'self'"]);
      expect(directives.get('style-src')).toEqual(["'self'"]);
      expect(directives.get('connect-src')).toEqual(["'self'"]);
      expect(directives.get('require-trusted-types-for')).toEqual(["'script'"]);
      expect(directives.get('base-uri')).toEqual(["'none'"]);
      expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
      expect([...directives.values()].flat().filter((value) => /unsafe|\*$|^(https?|data|blob):$/.test(value) && !value.startsWith('http://*.localhost'))).toEqual([]);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    expect(troubles(watched)).toEqual([]);
  });

  it('has a policy that the browser enforces: text does not become markup, and a broken rule is seen here', async () => {
    const probe = await portal.open();
    const outcome = await probe.page.evaluate(() => {
      const element = document.createElement('div');
      try {
        element.innerHTML = '<b>x</b>';
        return 'made';
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(outcome).toBe('TypeError');
    await expect.poll(() => probe.faults.join('\n')).toContain('require-trusted-types-for');
    await probe.context.close();
  });

  it.each([
    ['GET', '/'], ['HEAD', '/'], ['GET', '/portal.js'], ['GET', '/embed/fapi.js'], ['GET', '/favicon.svg'], ['POST', '/portal/embed-token'], ['GET', '/v1/apps'], ['GET', '/v1/health/ready'], ['GET', '/nothing'],
  ])('refuses %s %s under a foreign host name', async (method, path) => {
    for (const host of ['evil.example', `evil.example:${new URL(portal.system.baseUrl).port}`, '127.0.0.1.evil.example', 'localhost.evil.example']) {
      const { status, type, body } = await ask(path, method, { host });
      expect(status).toBe(403);
      expect(type).toContain('application/problem+json');
      if (method !== 'HEAD') expect(JSON.parse(body)).toMatchObject({ code: 'host_not_allowed', status: 403 });
    }
  });

  it.each([['POST', '/portal/embed-token'], ['GET', '/v1/apps'], ['GET', '/']])('refuses %s %s to a page of another origin, the app\'s own included', async (method, path) => {
    for (const origin of ['https://evil.example', appOrigin, 'null', 'http://127.0.0.1:1']) {
      const { status, body, headers } = await ask(path, method, { origin });
      expect(JSON.parse(body)).toMatchObject({ code: 'origin_not_allowed', status });
      expect(status).toBe(403);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('gives no token to a page that an app shows in the builder\'s browser', async () => {
    const tab = await watched.context.newPage();
    await tab.goto(`${appOrigin}/docs`).catch(() => undefined);
    await tab.goto(`${appOrigin}/health`);
    const got = await tab.evaluate(async (url) => fetch(url, { method: 'POST' }).then((answer) => answer.text(), (error: Error) => error.name), `${portal.system.baseUrl}/portal/embed-token`);
    expect(got).toBe('TypeError');
    await tab.close();
  });
});
