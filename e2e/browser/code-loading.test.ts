import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FapiCode } from '@fapi/components';
import type { Page } from 'playwright-core';
import { type Portal, startPortal, troubles, type Watched } from './portal.ts';

/** On a slow line, which lets each part of the editor come when the test says so. */
describe('fapi-code, whose editor comes later', () => {
  let portal: Portal;
  let watched: Watched;
  let page: Page;
  const [editor, hands] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];

  beforeAll(async () => {
    portal = await startPortal();
    // A page of the same origin that loads nothing by itself.
    watched = await portal.open('/embed/integrity.json');
    page = watched.page;
    for (const [part, held] of [['editor', editor], ['hands', hands]] as const) {
      await page.route(new RegExp(String.raw`/embed/${part}-\w+\.js$`), async (route) => {
        await held.promise;
        await route.continue();
      });
    }
    await page.route('**/slow', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><script type="module" src="/embed/fapi.js"></script><fapi-code></fapi-code>' }));
    await page.goto(`${portal.system.baseUrl}/slow`);
    await page.evaluate(() => { document.querySelector<FapiCode>('fapi-code')!.value = 'if a:\n    b = 2\n'; });
  });
  afterAll(() => portal?.stop());

  it('is a textarea, and what is typed into it is carried over with the cursor', async () => {
    const area = page.locator('fapi-code textarea');
    await area.focus();
    await area.evaluate((element) => (element as HTMLTextAreaElement).setSelectionRange(15, 15));
    await page.keyboard.type('0');
    // The line is its editor's: what no page element asks for yet comes after it.
    const others = (): Promise<boolean> => page.evaluate(async () => {
      for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => requestIdleCallback(resolve));
      return customElements.get('fapi-metrics') !== undefined;
    });
    expect(await others()).toBe(false);
    editor.resolve();
    await page.locator('fapi-code .cm-content:focus').waitFor();
    expect(await page.locator('fapi-code .cm-line').allTextContents()).toEqual(['if a:', '    b = 20', '']);
    expect(await page.locator('fapi-code').evaluate((code) => (code as FapiCode).act((view) => view.state.selection.main.head))).toBe(16);
    expect(await area.count()).toBe(0);
    await page.evaluate(async () => void (await customElements.whenDefined('fapi-metrics')));
  });

  it('answers the keys of an editor once those have come, and takes text before', async () => {
    const answered = page.locator('fapi-code .cm-content[aria-autocomplete]');
    expect(await answered.count()).toBe(0);
    await page.keyboard.type('1');
    hands.resolve();
    await answered.waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('c');
    expect(await page.locator('fapi-code .cm-line').allTextContents()).toEqual(['if a:', '    b = 201', '    c', '']);
    await page.keyboard.press('Control+z');
    const value = (): Promise<string> => page.locator('fapi-code').evaluate((code) => (code as FapiCode).value);
    expect(await value()).toContain('b = 201\n');
    // What was typed before is a step of undo like any other.
    for (let steps = 0; steps < 3 && (await value()).includes('201'); steps += 1) await page.keyboard.press('Control+z');
    expect(await value()).toBe('if a:\n    b = 20\n');
    await page.keyboard.press('Control+y');
    expect(await value()).toContain('b = 201');
  });

  it('has its colours and its keys with its first drawing, once another one has loaded them', async () => {
    const first = await page.evaluate(async () => {
      const code = Object.assign(document.createElement('fapi-code'), { value: 'from os import path' });
      document.body.append(code);
      await code.updateComplete;
      const root = code.shadowRoot!;
      const [line, word] = ['.cm-line', '.cm-line span'].map((selector) => getComputedStyle(root.querySelector(selector)!).color);
      return { area: root.querySelector('textarea'), answers: root.querySelector('.cm-content[aria-autocomplete]') !== null, isColoured: line !== word };
    });
    expect(first).toEqual({ area: null, answers: true, isColoured: true });
    expect(troubles(watched)).toEqual([]);
  });
});
