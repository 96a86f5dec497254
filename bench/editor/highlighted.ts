import type { Browser } from 'playwright-core';
import { createClient } from '@fapi/sdk';
import { createTokenHandler, nodeListener } from '@fapi/sdk/portal';
import { startEmbedded } from '../../e2e/shapes/embedded.ts';
import { launchBrowser } from '../../tools/browser/launch.ts';
import { inTurn } from '../parts/in-turn.ts';
import type { Figures } from '../parts/row.ts';
import type { PageBody } from './bundle.ts';
import { type PageServer, servePages } from './page-server.ts';
import { pythonText } from './python-text.ts';
import { untilHighlighted, watchColours } from './watch.ts';

const slowdown = 4;
const text = pythonText(200);
const box = 'style="display: block; height: 100vh"';
const peer: PageBody = { name: 'monaco', html: `<div id="place" ${box}></div>`, text };

/** `fapi-code` alone beside Monaco alone: the same text in the same page, no network behind either. */
export async function measureCode(rounds: number): Promise<Figures> {
  const pages = await servePages([{ name: 'code', html: `<fapi-code path="main.py" ${box}></fapi-code>`, text }, peer]);
  const browser = await launchBrowser();
  try {
    return await inTurn(rounds, () => timeVisit(browser, pages, 'code', ['fapi-code']), () => timeVisit(browser, pages, 'monaco', []));
  } finally {
    await browser.close();
    await pages.stop();
  }
}

/** The whole `fapi-editor` in a portal of another origin, which first gets a token and then the draft from a real server; beside Monaco, which has its text in the page. */
export async function measureEditor(rounds: number): Promise<Figures> {
  const system = await startEmbedded();
  const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  try {
    const app = await client.apps.create({ title: 'Highlighted', files: [{ path: 'main.py', content: text }] });
    const html = `<fapi-provider base-url="${system.baseUrl}" token-url="/portal/embed-token"><fapi-editor app-id="${app.id}" ${box}></fapi-editor></fapi-provider>`;
    const pages = await servePages([{ name: 'editor', html, text: '' }, peer], nodeListener(createTokenHandler({ client, identify: () => ({ subject: 'ada' }) })));
    const browser = await launchBrowser();
    try {
      await client.workspaces.put('default', { title: 'Portal', origins: [pages.origin] });
      return await inTurn(rounds, () => timeVisit(browser, pages, 'editor', ['fapi-editor', 'fapi-code']), () => timeVisit(browser, pages, 'monaco', []));
    } finally {
      await browser.close();
      await pages.stop();
    }
  } finally {
    client.close();
    await system.stop();
  }
}

/** A visit by a browser that has never been there, as slow as a cheap telephone. */
async function timeVisit(browser: Browser, pages: PageServer, name: string, hosts: readonly string[]): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await watchColours(page, hosts);
    const release = pages.hold();
    try {
      await page.goto(`${pages.origin}/${name}/`, { waitUntil: 'commit' });
      // A navigation begins at full speed, whatever was said before it: no script comes until the page is slow.
      await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    } finally {
      release();
    }
    return await untilHighlighted(page);
  } finally {
    await context.close();
  }
}
