import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type App, createClient } from '@fapi/sdk';
import type { Page } from 'playwright-core';
import { startEmbedded } from '../../e2e/shapes/embedded.ts';
import { visit } from '../../e2e/visit.ts';
import { starters } from '../../examples/demo-site/page/starters.ts';
import { launchBrowser } from '../browser/launch.ts';
import { root } from '../parts/paths.ts';
import { takeStates } from '../screenshots/states.ts';
import { ensureBuild } from '../setup/build.ts';
import { ensureChromium, ensureRunnerEnvironment } from '../setup/parts.ts';

/**
 * Pictures to look at (kept out of the repository, but for the README's own): of the running demo, and of every element in every state.
 * `-- demo` or `-- states` makes one kind; further words those whose name has them: `-- states dark fapi-apps`.
 */
const [kind, ...words] = ['demo', 'states'].includes(process.argv[2] ?? '') ? process.argv.slice(2) : ['', ...process.argv.slice(2)];
await ensureRunnerEnvironment();
await ensureBuild();
await ensureChromium();
const folder = join(root, 'screenshots');
await mkdir(folder, { recursive: true });
const system = await startEmbedded();
const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
const browser = await launchBrowser();
interface Way { way: string; width: number; height: number; colorScheme: 'light' | 'dark'; lang?: string; dir?: string }
const wide = { width: 1_440, height: 900 };
const all: readonly Way[] = [
  { way: 'wide-light', ...wide, colorScheme: 'light' }, { way: 'wide-dark', ...wide, colorScheme: 'dark' },
  { way: 'narrow-light', width: 360, height: 740, colorScheme: 'light' }, { way: 'narrow-dark', width: 360, height: 740, colorScheme: 'dark' },
  { way: 'german', ...wide, colorScheme: 'light', lang: 'de' }, { way: 'narrow-german', width: 360, height: 740, colorScheme: 'light', lang: 'de' },
  { way: 'rtl', ...wide, colorScheme: 'light', dir: 'rtl' }, { way: 'narrow-rtl', width: 360, height: 740, colorScheme: 'dark', dir: 'rtl' },
  { way: '4k', width: 3_840, height: 2_160, colorScheme: 'dark' },
];
const ways = all.filter(({ way }) => words.every((word) => way.includes(word)));
let failed: string[] = [];
const panels = ['deploy', 'preview', 'try', 'logs', 'metrics', 'history', 'settings'];
const mistake = '\nprices = {"apple": 3}\ntotal = prices["pear"]\n';
try {
  if (kind !== 'states' && ways.length > 0) await takeDemo();
  if (kind !== 'demo') failed = await takeStates(browser, system.baseUrl, join(folder, 'states'), words);
} finally {
  await browser.close();
  client.close();
  await system.stop();
}
for (const one of failed) console.log(one);
process.exit(failed.length > 0 ? 1 : 0);

async function takeDemo(): Promise<void> {
  for (const starter of starters) await deploy(await client.apps.create({ title: starter.title, files: [...starter.files] }));
  const apps = await client.apps.list();
  const inventory = apps.items.find(({ title }) => title === 'Inventory')!;
  for (const path of ['/items', '/health', '/health', '/items/7']) await visit(system.gatewayPort, inventory.url, path);
  await eachWay(async (page, way) => {
    await openApp(page, inventory);
    await page.screenshot({ path: join(folder, `${way}-live.png`) });
    if (way === 'wide-light') await page.screenshot({ path: join(root, 'docs/screenshot.png') });
  });

  // A deploy that fails over what is live, and variables that nothing has yet.
  await client.environment.save(inventory.id, { version: 0, variables: [{ name: 'GREETING', value: 'hello', secret: false, scope: 'both' }, { name: 'API_TOKEN', value: 'seen-by-nobody', secret: true, scope: 'live' }] });
  const { version, files } = await client.drafts.read(inventory.id);
  const { content } = files.find(({ path }) => path === 'main.py')!;
  await deploy({ id: inventory.id, draftVersion: (await client.drafts.patch(inventory.id, { version, put: [{ path: 'main.py', content: content + mistake }] })).version });
  const broken = await client.apps.create({ title: 'Broken', files: [{ path: 'main.py', content: `from fastapi import FastAPI\n\napp = FastAPI()\n${mistake}` }] });
  await deploy(broken);
  await eachWay(async (page, way) => {
    await openApp(page, broken);
    await page.screenshot({ path: join(folder, `${way}-broken.png`) });
    await openApp(page, inventory);
    const pane = page.locator('fapi-editor nav.switch button').last();
    if (await pane.isVisible()) await pane.click();
    for (const panel of panels) {
      await page.locator(`#tab-${panel}`).click();
      await settle(page);
      await page.screenshot({ path: join(folder, `${way}-failed-${panel}.png`) });
    }
  });
}

async function deploy({ id, draftVersion }: Pick<App, 'id' | 'draftVersion'>): Promise<void> {
  await client.deployments.untilSettled(await client.deployments.create(id, { draftVersion }));
}

async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
}

async function openApp(page: Page, app: App): Promise<void> {
  await page.goto(`${system.baseUrl}/#${app.id}`);
  await page.locator('fapi-editor .cm-content').first().waitFor({ timeout: 30_000 });
  await page.locator('fapi-editor button.problems-head').first().waitFor();
  await settle(page);
}

async function eachWay(look: (page: Page, way: string) => Promise<void>): Promise<void> {
  for (const { way, width, height, colorScheme, lang = 'en', dir = 'ltr' } of ways) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    // As if the portal's page said so itself.
    await page.addInitScript(`document.addEventListener('DOMContentLoaded', () => Object.assign(document.documentElement, { lang: '${lang}', dir: '${dir}' }))`);
    page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`));
    await look(page, way);
    await page.close();
  }
}
