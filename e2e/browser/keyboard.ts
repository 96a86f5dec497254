import type { Page } from 'playwright-core';
import { seen } from './portal.ts';

/** What has the focus, as a screen reader says it: `button "Deploy"`. */
export interface Focused { readonly role: string; readonly name: string }

/** Somebody without a pointer: only keys are pressed, and the focus is only read. */
export interface Keyboard {
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  focused(): Promise<Focused>;
  /** Presses Tab until this has the focus; fails where a round through the page has not come to it. */
  tabTo(role: string, name: string | RegExp, key?: 'Tab' | 'Shift+Tab'): Promise<void>;
  /** Until this has the focus without anything being pressed. */
  has(role: string, name: string | RegExp): Promise<void>;
  /** Asks the palette for a command, or its list of files for a file. */
  command(words: string, keys?: string): Promise<void>;
}

const mostSteps = 120;

export function makeKeyboard(page: Page): Keyboard {
  const focused = (): Promise<Focused> => page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const field = element as HTMLInputElement | null;
    const name = field?.getAttribute('aria-label') ?? [...field?.labels ?? []].map(({ innerText }) => innerText).join(' ') ?? '';
    const role = field?.getAttribute('role') ?? ({ input: field?.type, a: 'link' } as Record<string, string | undefined>)[field?.localName ?? ''] ?? field?.localName ?? '';
    return { role, name: (name || (field?.innerText ?? '')).replaceAll(/\s+/g, ' ').trim() };
  });
  const is = (at: Focused, role: string, name: string | RegExp): boolean => at.role === role && (typeof name === 'string' ? at.name === name : name.test(at.name));
  const keyboard: Keyboard = {
    focused,
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    type: (text) => page.keyboard.type(text),
    async tabTo(role, name, key = 'Tab') {
      const way: string[] = [];
      for (let step = 0; step < mostSteps; step += 1) {
        const at = await focused();
        if (is(at, role, name)) return;
        way.push(`${at.role} "${at.name}"`);
        await page.keyboard.press(key);
      }
      throw new Error(`${key} does not come to ${role} "${name}", but to: ${[...new Set(way)].join(', ')}`);
    },
    async has(role, name) {
      await seen(async () => is(await focused(), role, name), `the focus on ${role} "${name}"`);
    },
    async command(words, keys = 'Control+Shift+p') {
      await page.keyboard.press(keys);
      await keyboard.has('combobox', /./);
      await page.keyboard.type(words);
      await page.keyboard.press('Enter');
    },
  };
  return keyboard;
}

/** What a screen reader has read out by itself since the page was opened, oldest first: each text that a live region came to have while it was shown. */
export interface Announced { heard(): Promise<readonly string[]> }

export async function listenTo(page: Page): Promise<Announced> {
  await page.addInitScript(() => {
    const told: string[] = [];
    const before = new WeakMap<Element, string>();
    const look = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll<HTMLElement>('*')) {
        if (element.shadowRoot) look(element.shadowRoot);
        if (!element.matches('[role=status], [role=alert], [aria-live]') || !element.checkVisibility()) continue;
        const text = (element.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
        if (text !== '' && before.get(element) !== text) told.push(text);
        before.set(element, text);
      }
    };
    const frame = (): void => {
      look(document);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(globalThis, { announced: told });
  });
  await page.reload();
  return { heard: () => page.evaluate(() => (globalThis as unknown as { announced: string[] }).announced) };
}
