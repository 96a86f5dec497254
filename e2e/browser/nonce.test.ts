import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/parts/paths.ts';
import { makeBuilder } from './builder.ts';
import { type ForeignPortal, startForeignPortal, visit } from './foreign-portal.ts';
import { type Portal, startPortal, troubles } from './portal.ts';

const printed = [...readFileSync(join(root, 'docs/embedding.md'), 'utf8').matchAll(/^Content-Security-Policy: (default-src.*)$/gm)].map(([, policy]) => policy!).find((policy) => policy.includes('nonce-'))!;
const panels = ['Deploy', 'Preview', 'Try', 'Logs', 'Metrics', 'History', 'Settings'];

describe('a portal whose policy lives on nonces', () => {
  let fapi: Portal;
  let portal: ForeignPortal;

  beforeAll(async () => {
    fapi = await startPortal();
    const { baseUrl } = fapi.system;
    const policy = printed.replaceAll('https://fapi.example', baseUrl).replaceAll('wss://fapi.example', baseUrl.replace('http', 'ws')).replaceAll('https://*.apps.example', 'http://*.localhost:*').replaceAll('nonce-…', 'nonce-cjRuZDBt');
    const script = (nonce: string): string => `<script type="module" ${nonce} src="${baseUrl}/embed/fapi.js"></script><script type="module" ${nonce}>document.querySelector('fapi-apps').addEventListener('fapi-app-select', ({ detail }) => { document.querySelector('fapi-builder').appId = detail.appId; });</script>`;
    const page = (nonce: string): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portal</title><link rel="icon" href="data:,"><style ${nonce}>body { margin: 0; }</style>${script(nonce)}<body><fapi-provider base-url="${baseUrl}" token-url="/portal/embed-token"><fapi-apps></fapi-apps><fapi-builder></fapi-builder></fapi-provider>`;
    portal = await startForeignPortal(fapi.system, (path) => {
      const withIcon = `${policy}; img-src data:`;
      switch (path) {
        case '/nonce': return { body: page('nonce="cjRuZDBt"'), type: 'text/html', policy: withIcon };
        case '/dynamic': return { body: page('nonce="cjRuZDBt"'), type: 'text/html', policy: withIcon.replace('script-src', "script-src 'strict-dynamic'") };
        case '/self': return { body: page('nonce="cjRuZDBt"'), type: 'text/html', policy: withIcon.replace('style-src', "style-src 'self'") };
        case '/without': return { body: page(''), type: 'text/html', policy: withIcon };
        default: return undefined;
      }
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await fapi?.stop();
  });
  const open = (path: string) => visit(fapi, `${portal.origin}${path}`);

  it.each(['/nonce', '/dynamic', '/self'])('has the whole builder without a violation: %s', async (path) => {
    const watched = await open(path);
    const { page } = watched;
    const builder = makeBuilder(page);
    await page.getByRole('button', { name: 'New app' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Nonce');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.locator('fapi-editor .cm-content').waitFor();
    // What CodeMirror draws late: a list of suggestions, an underlined word with its words, the panel of its search.
    await builder.typeAtEnd('\nimport os\nap');
    await page.locator('.cm-tooltip-autocomplete').waitFor();
    await builder.press('Escape');
    await page.locator('.cm-lintRange').first().hover();
    await page.locator('.cm-tooltip-lint').waitFor();
    await builder.press('Control+f');
    await page.locator('.cm-search').waitFor();
    await builder.press('Escape');
    await builder.press('Control+Shift+f');
    await page.locator('fapi-find').waitFor();
    await page.locator('fapi-find').getByRole('button', { name: 'Close' }).click();
    await builder.press('Control+Shift+p');
    await page.locator('fapi-palette dialog[open]').waitFor();
    await builder.press('Escape');
    await page.locator('fapi-editor').getByRole('button', { name: 'Deploy', exact: true }).click();
    for (const name of panels) {
      await page.getByRole('tab', { name, exact: true }).click();
      await page.locator(`fapi-builder [role=tabpanel]:not([hidden]) :defined`).first().waitFor();
    }
    // The policy is there: a style of nobody's is refused.
    expect(troubles(watched)).toEqual([]);
    await page.evaluate(() => document.head.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' })));
    await expect.poll(() => watched.faults.join()).toContain('style-src');
    await watched.context.close();
  });

  it('runs nothing of ours where the tag has no nonce', async () => {
    const watched = await open('/without');
    await expect.poll(() => watched.faults.join()).toContain('script-src');
    expect(await watched.page.evaluate(() => customElements.get('fapi-builder') === undefined)).toBe(true);
    await watched.context.close();
  });
});
