import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type App, createClient } from '@fapi/sdk';
import type { Page } from 'playwright-core';
import { startEmbedded } from '../../e2e/shapes/embedded.ts';
import { visit } from '../../e2e/visit.ts';
import { starters } from '../../examples/demo-site/page/starters.ts';
import { launchBrowser } from '../browser/launch.ts';
import { root } from '../parts/paths.ts';
import { ensureBuild } from '../setup/build.ts';
import { ensureChromium, ensureRunnerEnvironment } from '../setup/parts.ts';

/** Pictures of the running demo: one for the README, the others to look at (kept out of the repository). */
await ensureRunnerEnvironment();
await ensureBuild();
await ensureChromium();
const folder = join(root, 'screenshots');
await mkdir(folder, { recursive: true });
const system = await startEmbedded();
const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
const browser = await launchBrowser();
const panels = ['Deploy', 'Preview', 'Try', 'Logs', 'Metrics', 'History', 'Settings'];
const mistake = '\nprices = {"apple": 3}\ntotal = prices["pear"]\n';
try {
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
    const pane = page.locator('fapi-editor nav.switch').getByRole('button', { name: 'Status' });
    if (await pane.isVisible()) await pane.click();
    for (const panel of panels) {
      await page.getByRole('tab', { name: panel, exact: true }).click();
      await settle(page);
      await page.screenshot({ path: join(folder, `${way}-failed-${panel.toLowerCase()}.png`) });
    }
  });
} finally {
  await browser.close();
  client.close();
  await system.stop();
}
process.exit(0);

async function deploy({ id, draftVersion }: Pick<App, 'id' | 'draftVersion'>): Promise<void> {
  await client.deployments.untilSettled(await client.deployments.create(id, { draftVersion }));
}

async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
}

async function openApp(page: Page, app: App): Promise<void> {
  await page.goto(`${system.baseUrl}/#${app.id}`);
  await page.locator('fapi-editor .cm-content').first().waitFor({ timeout: 15_000 });
  await page.locator('fapi-editor button.problems-head').first().waitFor();
  await settle(page);
}

async function eachWay(look: (page: Page, way: string) => Promise<void>): Promise<void> {
  for (const [name, width, height] of [['wide', 1440, 900], ['narrow', 360, 740]] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`));
      await look(page, `${name}-${colorScheme}`);
      await page.close();
    }
  }
}
