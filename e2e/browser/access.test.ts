import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as Axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../tools/parts/paths.ts';
import { makeBuilder } from './builder.ts';
import { type Portal, seen, startPortal, troubles, type Watched } from './portal.ts';

declare const axe: typeof Axe;

describe('the page for everybody', () => {
  let portal: Portal;
  let axeSource: string;
  const hashes = { live: '', failed: '' };

  const open = async (hash: string, options = {}): Promise<Watched> => {
    const watched = await portal.open(`/#${hash}`, options);
    await watched.page.locator('fapi-editor .cm-content').waitFor();
    return watched;
  };
  const violations = async ({ page }: Watched): Promise<string[]> => {
    await page.evaluate(axeSource);
    return page.evaluate(async () => {
      const { violations: found } = await axe.run(document, { resultTypes: ['violations'] });
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`);
    });
  };

  beforeAll(async () => {
    portal = await startPortal();
    axeSource = await readFile(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
    const { page, context } = await portal.open();
    const builder = makeBuilder(page);
    hashes.live = await builder.createApp('Inventory', 'Live one');
    await builder.press('Control+Enter');
    await page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    hashes.failed = await builder.createApp('Hello', 'A name that is long enough to need all the room there is');
    await builder.typeAtEnd('nobody = missing_name\n');
    await builder.press('Control+Enter');
    await page.locator('fapi-deploy-status .failure').waitFor();
    await context.close();
  });
  afterAll(() => portal?.stop());

  describe.each([['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['forced colours', { forcedColors: 'active' }]] as const)('in %s', (_, look) => {
    it.each(['live', 'failed'] as const)('has no axe violation with an app that is %s', async (which) => {
      const watched = await open(hashes[which], look);
      expect(await violations(watched)).toEqual([]);
      await watched.context.close();
    });

    it('has no axe violation with the dialog of starters open', async () => {
      const watched = await open(hashes.live, look);
      await watched.page.getByRole('button', { name: 'New app' }).first().click();
      await watched.page.getByRole('dialog').waitFor();
      expect(await violations(watched)).toEqual([]);
      await watched.context.close();
    });
  });

  it.each(['live', 'failed'] as const)('needs no horizontal scrolling at 360 px with an app that is %s, in any pane', async (which) => {
    const watched = await open(hashes[which], { viewport: { width: 360, height: 740 } });
    for (const pane of ['Files', 'Code', 'Status']) {
      await watched.page.locator('fapi-editor nav.switch').getByRole('button', { name: pane }).click();
      const { scroll, client, wide } = await watched.page.evaluate(() => {
        const page = document.documentElement;
        const isClipped = (element: Element): boolean => {
          for (let at: Node | null = element; at; at = at instanceof ShadowRoot ? at.host : at.parentNode) if (at instanceof Element && at !== element && getComputedStyle(at).overflowX !== 'visible') return true;
          return false;
        };
        const all = (root: Document | ShadowRoot): Element[] => [...root.querySelectorAll('*')].flatMap((element) => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
        return { scroll: page.scrollWidth, client: page.clientWidth, wide: all(document).filter((element) => element.getBoundingClientRect().right > page.clientWidth + 1 && !isClipped(element)).map((element) => element.outerHTML.slice(0, 120)) };
      });
      expect(wide, pane).toEqual([]);
      expect(scroll, pane).toBeLessThanOrEqual(client);
      // What is cut off is out of reach: every button of the shown pane and of the toolbar is inside the window.
      const outside = await watched.page.locator('fapi-editor button:visible').evaluateAll((buttons) => buttons.filter((button) => !button.closest('.tabs') && button.getBoundingClientRect().right > innerWidth).map((button) => button.textContent));
      expect(outside, pane).toEqual([]);
    }
    await watched.context.close();
  });

  it('is worked without a mouse: Tab reaches the dialog and back, the code, save and deploy', async () => {
    const watched = await open(hashes.live);
    const { page } = watched;
    const tabTo = (name: string) => seen(async () => {
      await page.keyboard.press('Tab');
      return page.evaluate((wanted) => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return (at?.getAttribute('aria-label') ?? at?.textContent?.trim() ?? '').startsWith(wanted);
      }, name);
    }, `the focus on "${name}"`);
    await tabTo('New app');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent?.trim())).toBe('New app');
    await tabTo('Code: main.py');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('# typed by keys alone\n');
    await page.keyboard.press('Control+s');
    await seen(async () => (await page.locator('fapi-editor .toolbar .chip').innerText()) === 'Draft not deployed', 'saved by Ctrl+S');
    await page.keyboard.press('Control+Enter');
    await page.locator('fapi-deploy-status').getByText('Deploy 2').waitFor();
    await page.locator('fapi-deploy-status').getByText(/^Live in/).waitFor();
    await page.keyboard.press('Escape');
    const before = await makeBuilder(page).code();
    await page.keyboard.press('Tab');
    expect(await makeBuilder(page).code()).toBe(before);
    expect(await page.evaluate(() => document.querySelector('fapi-builder')!.shadowRoot!.querySelector('fapi-editor')!.shadowRoot!.activeElement?.localName)).not.toBe('fapi-code');
    expect(troubles(watched)).toEqual([]);
    await watched.context.close();
  });
});
