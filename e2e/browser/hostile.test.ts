import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/parts/paths.ts';
import { makeBuilder } from './builder.ts';
import { type ForeignPortal, startForeignPortal, visit } from './foreign-portal.ts';
import { type Portal, seen, startPortal, troubles } from './portal.ts';

const printed = /^Content-Security-Policy: (default-src.*)$/m.exec(readFileSync(join(root, 'docs/embedding.md'), 'utf8'))![1]!;
const hostileCss = `
* { all: unset !important; color: rgb(255, 0, 0) !important; background: yellow !important; font: italic 900 40px/3 cursive !important; letter-spacing: 1em !important; word-spacing: 2em !important; text-align: right !important; text-indent: 5em !important; text-transform: uppercase !important; white-space: nowrap !important; text-shadow: 3px 3px lime !important; }
button, input, textarea, ul, li, div, span, h2 { display: none !important; border: 9px solid red !important; }
html { font-size: 16px !important; }
body, html, main, fapi-provider, fapi-apps, fapi-builder { display: block !important; }
`;
/** The elements inside two shadow roots of the page's own. */
const script = `
class Nested extends HTMLElement {
  connectedCallback() {
    const outer = this.attachShadow({ mode: 'open' });
    const middle = outer.appendChild(document.createElement('div'));
    const inner = middle.attachShadow({ mode: 'open' });
    const provider = document.createElement('fapi-provider');
    provider.setAttribute('base-url', this.dataset.server);
    provider.setAttribute('token-url', '/portal/embed-token');
    const [apps, builder] = ['fapi-apps', 'fapi-builder'].map((tag) => provider.appendChild(document.createElement(tag)));
    apps.addEventListener('fapi-app-select', ({ detail }) => { builder.appId = detail.appId; });
    if (this.dataset.css) inner.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: this.dataset.css }));
    inner.append(provider);
  }
}
customElements.define('portal-nested', Nested);
`;

describe('a page that does everything to the builder that a page can', () => {
  let fapi: Portal;
  let portal: ForeignPortal;

  beforeAll(async () => {
    fapi = await startPortal();
    const { baseUrl } = fapi.system;
    const page = (styles: string, copies: readonly string[]): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portal</title>${styles}${copies.map((copy) => `<script type="module" src="${baseUrl}/embed/fapi.js${copy}"></script>`).join('')}<script type="module" src="/page.js"></script><body><main><portal-nested data-server="${baseUrl}" ${styles === '' ? '' : 'data-css="/hostile.css"'}></portal-nested></main>`;
    portal = await startForeignPortal(fapi.system, (path) => {
      const policy = printed.replaceAll('https://fapi.example', baseUrl).replaceAll('wss://fapi.example', baseUrl.replace('http', 'ws')).replaceAll('https://*.apps.example', 'http://*.localhost:*');
      const css = '<link rel="stylesheet" href="/hostile.css">';
      switch (path) {
        case '/page.js': return { body: script, type: 'text/javascript' };
        case '/hostile.css': return { body: hostileCss, type: 'text/css' };
        case '/calm': return { body: page('', ['']), type: 'text/html', policy };
        case '/hostile': return { body: page(css, ['']), type: 'text/html', policy };
        case '/twice': return { body: page('', ['', '?copy=2']), type: 'text/html', policy: policy.replace('trusted-types lit-html', "trusted-types lit-html 'allow-duplicates'") };
        default: return undefined;
      }
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await fapi?.stop();
  });

  const open = (path: string) => visit(fapi, `${portal.origin}${path}`);
  const create = async (page: Page, name: string): Promise<void> => {
    await page.getByRole('button', { name: 'New app' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.locator('fapi-editor h2.title', { hasText: name }).waitFor();
    await page.locator('fapi-editor .cm-content').waitFor();
  };
  /** How things inside are drawn that a page could have touched by inheritance. */
  const looks = (page: Page): Promise<Record<string, Record<string, string>>> => page.evaluate(() => {
    // Not its font: that one is the page's to choose.
    const inherited = ['color', 'font-size', 'font-style', 'font-weight', 'line-height', 'letter-spacing', 'word-spacing', 'text-align', 'text-indent', 'text-transform', 'white-space', 'text-shadow', 'display', 'background-color', 'border-top-width'];
    const deep = (selectors: readonly string[]): Element => selectors.reduce<Element | ShadowRoot | null>((at, selector) => (at instanceof Element && at.shadowRoot ? at.shadowRoot : at)!.querySelector(selector), document.querySelector('portal-nested')!.shadowRoot!.querySelector('div')) as Element;
    const found: Record<string, Record<string, string>> = {};
    for (const path of [['fapi-builder', 'fapi-editor', 'h2.title'], ['fapi-builder', 'fapi-editor', 'button.primary'], ['fapi-builder', 'fapi-editor', 'fapi-code', '.cm-line'], ['fapi-builder', 'fapi-editor', 'fapi-file-tree', '[role=treeitem]'], ['fapi-builder', '[role=tab]'], ['fapi-apps', 'h2']]) {
      const style = getComputedStyle(deep(path));
      found[path.join(' ')] = Object.fromEntries(inherited.map((name) => [name, style.getPropertyValue(name)]));
    }
    return found;
  });

  it('draws the builder as a calm page does, whatever its style sheet says, from another origin, under the printed policy, inside two shadow roots', async () => {
    const calm = await open('/calm');
    await create(calm.page, 'Calm');
    const hostile = await open('/hostile');
    await hostile.page.locator('fapi-apps').getByRole('button', { name: 'Calm' }).or(hostile.page.locator('fapi-apps').getByText('Calm')).first().click();
    await hostile.page.locator('fapi-editor .cm-content').waitFor();
    await seen(async () => JSON.stringify(await looks(hostile.page)) === JSON.stringify(await looks(calm.page)), 'the same looks').catch(async () => expect(await looks(hostile.page)).toEqual(await looks(calm.page)));
    expect([...troubles(calm), ...troubles(hostile)]).toEqual([]);
    await calm.context.close();
    await hostile.context.close();
  });

  it('lets people build on it: create, edit, deploy, see it live', async () => {
    const hostile = await open('/hostile');
    const builder = makeBuilder(hostile.page);
    await create(hostile.page, 'Hostile');
    await builder.typeAtEnd('\n# typed on a hostile page\n');
    await builder.deploy();
    await hostile.page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    expect(troubles(hostile)).toEqual([]);
    await hostile.context.close();
  });

  it('may load the library twice: the first copy has the names, and both keep quiet', async () => {
    const twice = await open('/twice');
    await create(twice.page, 'Twice');
    expect(twice.urls.filter((url) => url.includes('/embed/fapi.js'))).toHaveLength(2);
    expect(troubles(twice)).toEqual([]);
    await twice.context.close();
  });

  it('keeps less than 2 MB of a hundred builders that came and went', { timeout: 300_000 }, async () => {
    const { page, context } = await open('/calm');
    await create(page, 'Heap');
    const session = await context.newCDPSession(page);
    const mount = (times: number): Promise<void> => page.evaluate(async (count) => {
      const provider = document.querySelector('portal-nested')!.shadowRoot!.querySelector('div')!.shadowRoot!.querySelector('fapi-provider')!;
      for (let time = 0; time < count; time += 1) {
        const former = provider.querySelector('fapi-builder') as HTMLElement & { appId: string };
        const { appId } = former;
        former.remove();
        const next = provider.appendChild(Object.assign(document.createElement('fapi-builder'), { appId }));
        while (!next.shadowRoot?.querySelector('fapi-editor')?.shadowRoot?.querySelector('fapi-code')?.shadowRoot?.querySelector('.cm-line')) await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }, times);
    const heap = async (): Promise<number> => {
      for (let time = 0; time < 3; time += 1) await session.send('HeapProfiler.collectGarbage');
      return ((await session.send('Runtime.getHeapUsage')) as { usedSize: number }).usedSize;
    };
    await mount(10);
    const before = await heap();
    await mount(100);
    const grown = ((await heap()) - before) / 1_000_000;
    console.log(`heap grown by ${grown.toFixed(2)} MB`);
    expect(grown).toBeLessThan(2);
    await context.close();
  });
});
