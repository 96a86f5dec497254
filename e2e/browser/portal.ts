import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../tools/browser/launch.ts';
import { startEmbedded } from '../shapes/embedded.ts';
import type { System } from '../system.ts';

/** What a page did that nobody sees on it. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Every address that was asked for, by the page and its frames. */
  readonly urls: string[];
  /** What broke a policy, was thrown or was logged as an error. */
  readonly faults: string[];
  /** Answers of 400 and above, as `409 POST /v1/...`. */
  readonly refusals: string[];
  /** Embed tokens that the page was given. */
  readonly tokens: string[];
}

/** The demo site and a real browser. */
export interface Portal {
  readonly system: System;
  /** `path` may be a whole address, too. */
  open(path?: string, options?: BrowserContextOptions): Promise<Watched>;
  stop(): Promise<void>;
}

export async function startPortal(environment: Readonly<Record<string, string>> = {}): Promise<Portal> {
  // At the same time: most of it is waiting for what each has started.
  const [starting, launching] = await Promise.allSettled([startEmbedded(environment), launchBrowser()]);
  if (starting.status === 'rejected' || launching.status === 'rejected') {
    if (starting.status === 'fulfilled') await starting.value.stop();
    if (launching.status === 'fulfilled') await launching.value.close();
    throw [starting, launching].find((outcome) => outcome.status === 'rejected')!.reason;
  }
  const system: System = starting.value;
  const browser: Browser = launching.value;
  return {
    system,
    async open(path = '/', options = {}) {
      const context = await browser.newContext({ viewport: { width: 1_440, height: 900 }, ...options });
      const page = await context.newPage();
      const watched: Watched = { page, context, urls: [], faults: [], refusals: [], tokens: [] };
      // Through a binding of the browser, so that the page's own policy cannot silence it.
      await page.exposeBinding('reportFault', (_, text: string) => void watched.faults.push(text));
      await page.addInitScript(`addEventListener('securitypolicyviolation', (event) => reportFault(event.effectiveDirective + ' refused ' + (event.blockedURI || event.sample) + ' in ' + event.sourceFile), true);`);
      context.on('request', (request) => watched.urls.push(request.url()));
      context.on('response', (response) => {
        if (new URL(response.url()).pathname === '/portal/embed-token') void response.json().then(({ token }: { token: string }) => watched.tokens.push(token), () => undefined);
      });
      page.on('response', (response) => {
        if (response.status() >= 400) watched.refusals.push(`${response.status()} ${response.request().method()} ${new URL(response.url()).pathname}`);
      });
      page.on('pageerror', (error) => watched.faults.push(error.stack ?? error.message));
      page.on('console', (message) => {
        // The browser's own line for an answer of 400 and above, which is a refusal.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource: the server responded')) watched.faults.push(message.text());
      });
      await page.goto(new URL(path, system.baseUrl).href);
      return watched;
    },
    async stop() {
      await Promise.all([browser.close(), system.stop()]);
    },
  };
}

/** Everything that went wrong behind the page. A check that was on its way when a save overtook it is refused, and asked again for what is there now: that is none. */
export function troubles({ faults, refusals }: Watched): string[] {
  return [...faults, ...refusals.filter((refusal) => !/^409 POST .*\/validate$/.test(refusal))];
}

/** Asks in the page until `look` answers something true; the page is never told to wait for a time. */
export async function seen<T>(look: () => Promise<T | undefined | null | false>, what: string, timeoutMs = 20_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`not seen within ${timeoutMs / 1_000} s: ${what}`);
    await pause(50);
  }
}
