import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@fapi/sdk';
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
await mkdir(join(root, 'docs'), { recursive: true });
const system = await startEmbedded();
const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
const browser = await launchBrowser();
try {
  for (const starter of starters) {
    const app = await client.apps.create({ title: starter.title, files: [...starter.files] });
    await client.deployments.untilSettled(await client.deployments.create(app.id, { draftVersion: app.draftVersion }));
    if (starter.title === 'Inventory') for (const path of ['/items', '/health', '/health', '/items/7']) await visit(system.gatewayPort, app.url, path);
  }
  const broken = await client.apps.create({ title: 'Broken', files: [{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n\nprices = {"apple": 3}\ntotal = prices["pear"]\n' }] });
  await client.deployments.untilSettled(await client.deployments.create(broken.id, { draftVersion: 1 }));
  for (const [name, width, height] of [['wide', 1440, 900], ['narrow', 360, 740]] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`));
      for (const app of (await client.apps.list()).items.filter(({ title }) => title === 'Inventory' || title === 'Broken')) {
        await page.goto(`${system.baseUrl}/#${app.id}`);
        await page.locator('fapi-editor .cm-content').first().waitFor({ timeout: 15_000 });
        await page.locator('fapi-editor button.problems-head').first().waitFor();
        await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${app.title.toLowerCase()}.png`) });
        if (name === 'wide' && colorScheme === 'light' && app.title === 'Inventory') await page.screenshot({ path: join(root, 'docs/screenshot.png') });
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  client.close();
  await system.stop();
}
process.exit(0);
