import type { Page } from 'playwright-core';

/** What the pages' own clocks have seen; all in milliseconds. */
interface Watching {
  /** Since the navigation began, when the first line in colours was drawn. */
  benchHighlighted: Promise<number>;
  /** From each key's event to the end of the frame after it. */
  benchFrames: number[];
}

/**
 * Watches for the first line in colours, from before anything of the page runs. `hosts` are the elements in whose shadow roots the editor is, the outermost first.
 * A line is in colours when its first word, a keyword, has another one than the line; a frame has ended when the page is given a turn after it.
 */
export async function watchColours(page: Page, hosts: readonly string[]): Promise<void> {
  await page.addInitScript((chain: readonly string[]) => {
    const watching = globalThis as unknown as Watching;
    const isColoured = (): boolean => {
      let root: Document | ShadowRoot | null | undefined = document;
      for (const host of chain) root = root?.querySelector(host)?.shadowRoot;
      const line = root?.querySelector('.cm-line, .view-line');
      const word = line && [...line.querySelectorAll('span')].find(({ textContent, childElementCount }) => childElementCount === 0 && textContent === 'from');
      return Boolean(word) && getComputedStyle(word!).color !== getComputedStyle(line!).color;
    };
    watching.benchHighlighted = new Promise((resolve) => {
      const look = (): void => {
        if (!isColoured()) return void requestAnimationFrame(look);
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(undefined);
      };
      requestAnimationFrame(look);
    });
  }, hosts);
}

/** Watches the frames after keys, from before anything of the page runs. */
export async function watchKeys(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watching = globalThis as unknown as Watching;
    watching.benchFrames = [];
    addEventListener('keydown', ({ timeStamp }) => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => watching.benchFrames.push(performance.now() - timeStamp);
      port2.postMessage(undefined);
    }), true);
  });
}

export const untilHighlighted = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as Watching).benchHighlighted);

/** Types one key after the other, each when the frame of the one before has been seen and a hand's pause is over. Answers how long each frame took. */
export async function typeKeys(page: Page, text: string, pauseMs: number): Promise<number[]> {
  await page.evaluate(() => void ((globalThis as unknown as Watching).benchFrames.length = 0));
  let typed = 0;
  for (const key of text) {
    await page.keyboard.press(key === ' ' ? 'Space' : key);
    typed += 1;
    await page.waitForFunction((count) => (globalThis as unknown as Watching).benchFrames.length >= count, typed, { polling: 5 });
    await page.waitForTimeout(pauseMs);
  }
  return page.evaluate(() => [...(globalThis as unknown as Watching).benchFrames]);
}
