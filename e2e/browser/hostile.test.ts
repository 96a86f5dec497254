import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/parts/paths.ts';
import { makeBuilder } from './builder.ts';
import { type ForeignPortal, startForeignPortal, visit } from './foreign-portal.ts';
import { type Portal, seen, startPortal, troubles } from './portal.ts';

const printed = /^Content-Security-Policy: (default-src.*)$/m.exec(readFileSync(join(root, 'docs/embedding.md'), 'utf8'))![1]!;
/** All that is inherited and that a page has no business to say of our insides; what it has (direction, colour scheme, font family, visibility, pointer events) is not here. The page gives back what is its own to say: the place and height of a box, and lines that would be drawn under all that is in it, ours included. */
const hostileCss = `
* { all: unset !important; color: rgb(255, 0, 0) !important; background: yellow !important; font: italic small-caps 900 condensed 40px/3 cursive !important; letter-spacing: 1em !important; word-spacing: 2em !important; text-align: right !important; text-indent: 5em !important; text-transform: uppercase !important; white-space: nowrap !important; text-shadow: 3px 3px lime !important; }
* { -webkit-text-fill-color: blue !important; -webkit-text-stroke: 2px lime !important; text-emphasis: filled dot red !important; text-emphasis-position: under !important; text-align-last: center !important; overflow-wrap: anywhere !important; line-break: anywhere !important; word-break: break-all !important; hyphens: auto !important; hyphenate-character: '~' !important; quotes: '<' '>' !important; text-wrap: balance !important; tab-size: 1 !important; }
* { font-feature-settings: 'smcp' !important; font-variation-settings: 'wght' 900 !important; font-kerning: none !important; font-synthesis: none !important; font-optical-sizing: none !important; font-size-adjust: 2 !important; font-palette: dark !important; font-language-override: 'TRK' !important; text-rendering: geometricPrecision !important; -webkit-font-smoothing: none !important; -webkit-text-security: disc !important; }
* { list-style: upper-roman inside !important; caret-color: transparent !important; accent-color: lime !important; user-select: none !important; cursor: wait !important; -webkit-tap-highlight-color: red !important; text-decoration: underline wavy 4px red !important; text-decoration-skip-ink: none !important; text-underline-position: under !important; text-underline-offset: 9px !important; ruby-position: under !important; }
* { writing-mode: vertical-rl !important; text-orientation: upright !important; text-combine-upright: all !important; border-collapse: collapse !important; border-spacing: 9px !important; caption-side: bottom !important; empty-cells: hide !important; image-rendering: pixelated !important; orphans: 9 !important; widows: 9 !important; forced-color-adjust: none !important; print-color-adjust: exact !important; }
* { paint-order: stroke !important; fill: red !important; fill-opacity: 0.1 !important; fill-rule: evenodd !important; clip-rule: evenodd !important; stroke: lime !important; stroke-width: 9px !important; stroke-opacity: 0.1 !important; stroke-linecap: square !important; stroke-linejoin: bevel !important; stroke-dasharray: 1 9 !important; stroke-dashoffset: 4px !important; stroke-miterlimit: 1 !important; shape-rendering: crispEdges !important; text-anchor: end !important; dominant-baseline: hanging !important; }
* { box-sizing: content-box !important; container-type: normal !important; }
button, input, textarea, ul, li, div, span, h2 { display: none !important; border: 9px solid red !important; }
html { font-size: 16px !important; -webkit-locale: 'en' !important; }
html, body, main, portal-nested, fapi-provider { writing-mode: horizontal-tb !important; text-decoration: none !important; }
head { display: none !important; }
fapi-apps.off, .off fapi-apps, :host-context(.off) fapi-apps { display: none !important; }
fapi-builder { position: relative !important; height: 640px !important; }
`;
/** What the page looks like without all that: its font is its own to choose. */
const calmCss = 'html { font-family: cursive; } body { margin: 0; } fapi-builder { position: relative; }';
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
    const page = (css: string, copies: readonly string[]): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portal</title>${css && `<link rel="stylesheet" href="${css}">`}${copies.map((copy) => `<script type="module" src="${baseUrl}/embed/fapi.js${copy}"></script>`).join('')}<script type="module" src="/page.js"></script><body><main><portal-nested data-server="${baseUrl}" ${css && `data-css="${css}"`}></portal-nested></main>`;
    portal = await startForeignPortal(fapi.system, (path) => {
      const policy = printed.replaceAll('https://fapi.example', baseUrl).replaceAll('wss://fapi.example', baseUrl.replace('http', 'ws')).replaceAll('https://*.apps.example', 'http://*.localhost:*');
      switch (path) {
        case '/lit.js': return { body: "trustedTypes.createPolicy('lit-html', { createHTML: (html) => html });", type: 'text/javascript' };
        case '/lit': return { body: page('', ['']).replace('<script', '<script src="/lit.js"></script><script'), type: 'text/html', policy };
        case '/page.js': return { body: script, type: 'text/javascript' };
        case '/hostile.css': return { body: hostileCss, type: 'text/css' };
        case '/calm.css': return { body: calmCss, type: 'text/css' };
        case '/calm': return { body: page('/calm.css', ['']), type: 'text/html', policy };
        case '/hostile': return { body: page('/hostile.css', ['']), type: 'text/html', policy };
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
  /** Every computed property of every node in the shadow roots of our own, and of what stands before and after it. */
  const looks = (page: Page): Promise<Record<string, Record<string, string>>> => page.evaluate(() => {
    const found: Record<string, Record<string, string>> = {};
    const add = (path: string, element: Element, pseudo?: string): void => {
      const style = getComputedStyle(element, pseudo);
      if (pseudo === undefined || style.content !== 'none') found[`${path}${pseudo ?? ''}`] = Object.fromEntries([...style].filter((name) => !name.startsWith('--')).map((name) => [name, style.getPropertyValue(name)]));
    };
    const walk = (root: Element | ShadowRoot, path: string): void => [...root.children].forEach((element, index) => {
      if (element.localName === 'style') return;
      const own = `${path} ${element.localName}${element.classList[0] ? `.${element.classList[0]}` : ''}:${index}`;
      for (const pseudo of [undefined, '::before', '::after']) add(own, element, pseudo);
      if (element.shadowRoot) walk(element.shadowRoot, own);
      walk(element, own);
    });
    for (const host of document.querySelector('portal-nested')!.shadowRoot!.querySelector('div')!.shadowRoot!.querySelectorAll('fapi-apps, fapi-builder')) walk(host.shadowRoot!, host.localName);
    return found;
  });
  /** What is not as it is on the other page, as `path: property is instead of was`. */
  const differences = async (one: Page, other: Page): Promise<string[]> => {
    const [is, was] = await Promise.all([looks(one), looks(other)]);
    return [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((path) => (is[path] && was[path] ? Object.keys(was[path]).filter((name) => is[path]![name] !== was[path]![name]).map((name) => `${path}: ${name} ${is[path]![name]}, not ${was[path]![name]}`) : [`${path}: ${is[path] ? 'only' : 'not'} here`]));
  };

  it('draws the builder as a calm page does, whatever its style sheet says, from another origin, under the printed policy, inside two shadow roots', async () => {
    const calm = await open('/calm');
    await create(calm.page, 'Calm');
    const hostile = await open('/hostile');
    await hostile.page.locator('fapi-apps').getByRole('button', { name: 'Calm' }).or(hostile.page.locator('fapi-apps').getByText('Calm')).first().click();
    await hostile.page.locator('fapi-editor .cm-content').waitFor();
    // What says how long ago says the same.
    const now = new Date();
    for (const { page } of [calm, hostile]) await page.clock.setFixedTime(now);
    expect(Object.keys(await looks(calm.page)).length).toBeGreaterThan(200);
    await seen(async () => (await differences(hostile.page, calm.page)).length === 0, 'the same looks').catch(async () => expect(await differences(hostile.page, calm.page)).toEqual([]));
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

  it('hides and shows what is a box again: by a style, by its class, by one of what it stands in', async () => {
    const { page, context } = await open('/hostile');
    const apps = page.locator('fapi-apps');
    await seen(() => apps.evaluate((element) => element.hasAttribute('data-boxed') && element.checkVisibility()), 'a box');
    for (const [kind, by] of [['style', 'fapi-apps'], ['class', 'fapi-apps'], ['class', 'fapi-provider'], ['class', 'portal-nested']] as const) {
      const change = (isHidden: boolean): Promise<void> => page.locator(by).evaluate((element, [how, isOff]) => {
        if (how === 'class') element.classList.toggle('off', isOff);
        else if (isOff) (element as HTMLElement).style.setProperty('display', 'none', 'important');
        else (element as HTMLElement).style.removeProperty('display');
      }, [kind, isHidden] as const);
      for (const isHidden of [true, false, true, false]) {
        await change(isHidden);
        await seen(() => apps.evaluate((element, isOff) => (element.getBoundingClientRect().width > 0) !== isOff, isHidden), `${kind} of ${by}: ${isHidden ? 'hidden' : 'shown'}`);
      }
    }
    expect(await apps.evaluate((element) => element.hasAttribute('data-boxed'))).toBe(true);
    await context.close();
  });

  it('is told what its policy needs when its own Lit leaves ours none, in the console and where the elements would be', async () => {
    const needed = "trusted-types lit-html 'allow-duplicates'";
    const other = await open('/lit');
    for (const tag of ['fapi-apps', 'fapi-builder']) await other.page.locator(tag, { hasText: needed }).waitFor();
    expect(other.faults.filter((fault) => fault.includes(needed))).toHaveLength(1);
    await other.page.evaluate(() => document.body.append(document.createElement('fapi-logs')));
    await other.page.locator('fapi-logs', { hasText: needed }).waitFor();
    // Inside of what the page has, and of what it makes later; and each once, whatever else becomes of the page.
    await other.page.evaluate(() => {
      document.querySelector('portal-nested')!.shadowRoot!.append(document.createElement('fapi-metrics'));
      document.body.appendChild(document.createElement('portal-late')).appendChild(document.createElement('p')).append(document.createElement('fapi-try'));
      customElements.define('portal-late', class extends HTMLElement { connectedCallback() { this.attachShadow({ mode: 'open' }).append(document.createElement('fapi-history')); } });
    });
    for (const tag of ['fapi-metrics', 'fapi-try', 'fapi-history']) await seen(() => other.page.locator(tag).evaluate((element, words) => element.textContent.includes(words), needed), tag);
    await other.page.evaluate(() => {
      document.querySelector('fapi-logs')!.textContent = '';
      document.body.append(document.createElement('fapi-settings'));
    });
    await other.page.locator('fapi-settings', { hasText: needed }).waitFor();
    expect(await other.page.locator('fapi-logs').textContent()).toBe('');
    expect(await other.page.locator('fapi-apps').innerText()).toBe(other.faults.find((fault) => fault.includes(needed)));
    await other.context.close();
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
