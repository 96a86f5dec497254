import type { Browser, Page } from 'playwright-core';
import { type FapiClient, createClient } from '@fapi/sdk';
import { createTokenHandler, nodeListener } from '@fapi/sdk/portal';
import { startEmbedded } from '../../e2e/shapes/embedded.ts';
import { launchBrowser } from '../../tools/browser/launch.ts';
import { percentile } from '../parts/row.ts';
import { servePages } from './page-server.ts';
import { pythonText } from './python-text.ts';
import { typeKeys, watchKeys } from './watch.ts';

export const text = pythonText(5_000);
const box = 'style="display: block; height: 100vh"';
/** Where it is typed: in a function in the middle of the file, on a line of its own. */
const comment = '# What has no price is free.';
const place = text.indexOf(comment, text.length / 2) + comment.length;
/** What is typed: names, which both sides look up, and what stands between them. */
const [warmUp, words] = ['most = ', 'sum(order.price for order in orders) + len(orders) + 12 '];
/** Of a quick hand, between two keys. */
const pauseMs = 60;

/** A whole system, a portal with the editor on one page and CodeMirror alone on another, and a browser. */
export interface Portal { client: FapiClient; browser: Browser; editorUrl: string; peerUrl: string }

export async function withPortal<T>(work: (portal: Portal) => Promise<T>): Promise<T> {
  const system = await startEmbedded();
  const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  try {
    const pages = await servePages([
      { name: 'editor', html: `<fapi-provider base-url="${system.baseUrl}" token-url="/portal/embed-token"><fapi-editor ${box}></fapi-editor></fapi-provider>`, text: '' },
      { name: 'code-mirror', html: `<div id="place"></div><style>.cm-editor { height: 100vh }</style>`, text },
    ], nodeListener(createTokenHandler({ client, identify: () => ({ subject: 'ada' }) })));
    const browser = await launchBrowser();
    try {
      await client.workspaces.put('default', { title: 'Portal', origins: [pages.origin] });
      return await work({ client, browser, editorUrl: `${pages.origin}/editor/`, peerUrl: `${pages.origin}/code-mirror/` });
    } finally {
      await browser.close();
      await pages.stop();
    }
  } finally {
    client.close();
    await system.stop();
  }
}

/** The 95th percentile of one visit's keys. */
export async function timeKeys(browser: Browser, url: string, open: (page: Page) => Promise<void>): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
  try {
    const page = await context.newPage();
    await watchKeys(page);
    await page.goto(url);
    await open(page);
    await typeKeys(page, warmUp, pauseMs);
    return percentile(await typeKeys(page, words, pauseMs), 0.95);
  } finally {
    await context.close();
  }
}

/** CodeMirror's view, as far as it is needed here. */
interface View {
  dispatch(change: object): void;
  focus(): void;
}

/** Resolves when it is at rest: the draft is checked, and the language servers are there. */
export async function openEditor(page: Page, appId: string): Promise<void> {
  await page.locator('fapi-editor').evaluate((editor, id) => void Object.assign(editor, { appId: id }), appId);
  await page.locator('fapi-code .cm-line').first().waitFor();
  await page.locator('fapi-editor .language[data-status=on]').waitFor({ timeout: 60_000 });
  await page.locator('fapi-editor .readiness[data-state=prepared]').waitFor({ timeout: 60_000 });
  await page.locator('fapi-code').evaluate((code, anchor) => (code as unknown as { act(work: (view: View) => void): void }).act((view) => {
    view.dispatch({ selection: { anchor }, scrollIntoView: true });
    view.focus();
  }), place);
  await page.keyboard.press('Enter');
}

export async function openPeer(page: Page): Promise<void> {
  await page.locator('.cm-line').first().waitFor();
  await page.evaluate((anchor) => {
    const { view } = globalThis as unknown as { view: View };
    view.dispatch({ selection: { anchor }, scrollIntoView: true });
    view.focus();
  }, place);
  await page.keyboard.press('Enter');
}
