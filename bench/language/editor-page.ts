import type { Browser, Page } from 'playwright-core';
import { createClient, type FapiClient } from '@fapi/sdk';
import { startEmbedded } from '../../e2e/shapes/embedded.ts';
import { launchBrowser } from '../../tools/browser/launch.ts';
import { field, harbour, words } from './harbour.ts';

/** The page's own account, in milliseconds since its navigation began. */
interface Watching {
  /** The first frame with a line of code in the editor. */
  benchOpened: Promise<number>;
  /** The first frame in which the editor says that there are suggestions. */
  benchReady: Promise<number>;
  /** When the last dot was pressed, and the first frame with the field in the list of suggestions after it. */
  benchDot: { pressed: number; shown: Promise<number> };
}

/** As long as a hand keeps a key down. A browser puts off what comes from outside until the frame after a key, also after its end: one that is let go at once would be two. */
const heldMs = 80;

/** The demo site with an app that has a place for a dot. */
export interface LanguageSite {
  /** A page that has never been there, with the app's editor. */
  open(): Promise<EditorPage>;
  stop(): Promise<void>;
}

export interface EditorPage {
  /** Resolves when the servers' suggestions can be asked for. */
  ready(): Promise<void>;
  /** Puts the cursor before the dot's place. */
  place(): Promise<void>;
  /** Presses the dot; resolves when the field is on the screen, with its type, which no list of words knows. */
  dot(): Promise<{ openedAt: number; pressedAt: number; shownAt: number }>;
  /** Closes the list and takes the dot away. */
  undot(): Promise<void>;
  close(): Promise<void>;
}

export async function startLanguageSite(): Promise<LanguageSite> {
  const system = await startEmbedded();
  const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  const browser = await launchBrowser().catch(async (error: unknown) => {
    await system.stop();
    throw error;
  });
  return {
    open: async () => openPage(browser, system.baseUrl, (await createApp(client)).id),
    async stop() {
      client.close();
      await browser.close();
      await system.stop();
    },
  };
}

const createApp = (client: FapiClient) => client.apps.create({ title: 'Harbour', files: [...harbour] });

async function openPage(browser: Browser, baseUrl: string, appId: string): Promise<EditorPage> {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  await watch(page);
  await page.goto(`${baseUrl}/#${appId}`);
  return {
    // The page itself looks, each frame: a driver that asks again and again would be late by as long as the page is busy.
    ready: () => page.evaluate(async () => void (await (globalThis as unknown as Watching).benchReady)),
    async place() {
      await page.evaluate(async () => void (await (globalThis as unknown as Watching).benchOpened));
      await page.locator('fapi-code').evaluate((code, wanted) => (code as unknown as { act(work: (view: View) => void): void }).act((view) => {
        view.dispatch({ selection: { anchor: view.state.doc.toString().indexOf(wanted) + wanted.length } });
        view.focus();
      }), words);
    },
    async dot() {
      await page.keyboard.press('.', { delay: heldMs });
      return page.evaluate(async () => {
        const { benchOpened, benchDot } = globalThis as unknown as Watching;
        return { openedAt: await benchOpened, pressedAt: benchDot.pressed, shownAt: await benchDot.shown };
      });
    },
    async undot() {
      await page.keyboard.press('Escape');
      await page.locator('fapi-code .cm-tooltip-autocomplete').waitFor({ state: 'detached' });
      await page.keyboard.press('Backspace');
    },
    close: () => context.close(),
  };
}

/** CodeMirror's view, as far as it is needed here. */
interface View {
  readonly state: { readonly doc: { toString(): string } };
  dispatch(change: object): void;
  focus(): void;
}

/** Before anything of the page runs. A look at the start of each frame, and the time when the frame is over. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript((name: string) => {
    const watching = globalThis as unknown as Watching;
    const within = (...tags: string[]): ShadowRoot | undefined => tags.reduce<Document | ShadowRoot | null | undefined>((root, tag) => root?.querySelector(tag)?.shadowRoot, document) as ShadowRoot | undefined;
    const editor = (): ShadowRoot | undefined => within('fapi-builder', 'fapi-editor');
    const code = (): ShadowRoot | undefined => within('fapi-builder', 'fapi-editor', 'fapi-code');
    const frameWith = (isThere: () => boolean): Promise<number> => new Promise((resolve) => {
      const look = (): void => {
        if (!isThere()) return void requestAnimationFrame(look);
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(undefined);
      };
      requestAnimationFrame(look);
    });
    const isSuggested = (): boolean => [...(code()?.querySelectorAll('.cm-tooltip-autocomplete li') ?? [])].some((item) => item.querySelector('.cm-completionLabel')?.textContent === name && item.querySelector('.cm-completionDetail') !== null);
    watching.benchOpened = frameWith(() => Boolean(code()?.querySelector('.cm-line')?.textContent));
    watching.benchReady = frameWith(() => Boolean(editor()?.querySelector('.language[data-status=on]')));
    addEventListener('keydown', ({ key, timeStamp }) => {
      if (key === '.') watching.benchDot = { pressed: timeStamp, shown: frameWith(isSuggested) };
    }, true);
  }, field);
}
