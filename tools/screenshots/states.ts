import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { scenesOf, tags } from '../../packages/components/scenes/table.ts';

interface Look extends BrowserContextOptions {
  readonly query?: string;
  /** How large the page's text is; 16 without. */
  readonly textPx?: number;
}
const wide = { viewport: { width: 1_440, height: 900 } };
/** In which ways every state is looked at. */
const looks: Readonly<Record<string, Look>> = {
  light: wide, dark: { ...wide, colorScheme: 'dark' }, forced: { ...wide, forcedColors: 'active' }, german: { ...wide, query: '&lang=de' }, rtl: { ...wide, query: '&dir=rtl' }, large: { ...wide, textPx: 24 },
  '360': { viewport: { width: 360, height: 740 } }, '360-german': { viewport: { width: 360, height: 740 }, query: '&lang=de' }, '360-rtl': { viewport: { width: 360, height: 740 }, query: '&dir=rtl' },
  '2560': { viewport: { width: 2_560, height: 1_440 } }, '3840': { viewport: { width: 3_840, height: 2_160 } },
};

/** Pictures of every element in every state, `<look>/<element>-<state>.png`; with words, of those whose name has each of them. Returns what did not come to be. */
export async function takeStates(browser: Browser, baseUrl: string, folder: string, words: readonly string[]): Promise<string[]> {
  const failed: string[] = [];
  for (const [look, { query = '', textPx = 16, ...options }] of Object.entries(looks)) {
    const pictures = tags.flatMap((tag) => scenesOf(tag).map(([state, scene]) => ({ tag, state, scene, name: `${look}/${tag}-${state.replaceAll(/[^a-z0-9]+/g, '-')}.png` }))).filter(({ name }) => words.every((word) => name.includes(word)));
    if (pictures.length === 0) continue;
    await mkdir(join(folder, look), { recursive: true });
    const context = await browser.newContext(options);
    for (const { tag, state, scene, name } of pictures) {
      // A page for each: what was typed in the last one would ask before it goes.
      const page = await context.newPage();
      page.on('console', (message) => { if (message.type() === 'error' && /Content Security Policy|Refused/.test(message.text())) failed.push(`${name}: ${message.text()}`); });
      if (scene.isCodeHeld) await page.route(/\/editor-\w+\.js$/, () => undefined);
      await page.goto(`${baseUrl}/states?alone${query}#${tag}/${encodeURIComponent(state)}`);
      await page.locator('html[data-shown]').waitFor({ state: 'attached', timeout: 30_000 });
      // By the object model, as the page's policy wants it.
      await page.evaluate((px) => { if (px !== 16) document.documentElement.style.fontSize = `${px}px`; }, textPx);
      const shown = await page.locator('html').getAttribute('data-shown');
      if (shown !== 'yes') failed.push(`${name}: ${shown}`);
      // The skeleton comes after 150 ms, and what turns begins after 400.
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(folder, name), fullPage: true });
      await page.close();
    }
    await context.close();
  }
  return failed;
}
