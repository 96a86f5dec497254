import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { makeBuilder } from '../../e2e/browser/builder.ts';
import { digestOf } from '../../packages/server/src/domain/code/revision.ts';
import { launchBrowser } from '../../tools/browser/launch.ts';
import { untilWord } from '../parts/ask.ts';
import { inTurn } from '../parts/in-turn.ts';
import { projects } from '../parts/projects.ts';
import { startReloadPeer } from '../parts/reload-peer.ts';
import type { Figures } from '../parts/row.ts';
import { startDeployed } from './deployed.ts';
import { watchValidation } from './watch-validation.ts';

/** From the keys to the mouse: nobody clicks in the moment in which the page says that it is ready. */
const handMs = 300;

/** From the click on Deploy, in the page in Chromium, on what was typed there, to the first new answer through the gateway; beside `uvicorn --reload`. */
export async function measureClickToLive(name: keyof typeof projects, rounds: number): Promise<Figures> {
  const project = projects[name];
  const deployed = await startDeployed(project);
  const { client, app, address, system } = deployed;
  try {
    const [peer, browser] = await Promise.all([startReloadPeer(project), launchBrowser()]);
    try {
      const page = await (await browser.newContext({ viewport: { width: 1_440, height: 900 } })).newPage();
      const clicks = await watchClicks(page);
      await page.goto(`${system.baseUrl}/#${app.id}`);
      await page.locator('fapi-editor .cm-content', { hasText: 'FastAPI' }).waitFor();
      const builder = makeBuilder(page);
      let shown = 'first';
      return await inTurn(rounds, async (round) => {
        const word = `ours${round}`;
        // Not by a click in its middle: a long line would be scrolled for it, and back, while the word's place is looked for.
        await page.locator('fapi-editor .cm-content').focus();
        await page.keyboard.press('Control+End');
        // Seen before the last key is typed: the answer may be there at once.
        const prepared = watchValidation(page, digestOf(project.files(word)));
        await builder.replaceWord(shown, word);
        shown = word;
        await prepared;
        await pause(handMs);
        const clicked = clicks.next();
        // Not live before it is accepted: whoever asks for it meanwhile takes from the time that is measured.
        const accepted = page.waitForResponse((response) => response.status() === 202 && response.url().endsWith('/deployments'));
        const isLive = accepted.then(() => untilWord(address, word, performance.now()));
        await page.locator('fapi-editor button.deploy').click();
        await isLive;
        const ms = Date.now() - (await clicked);
        const { items: [deployment] } = await client.deployments.list(app.id, { limit: 1 });
        await deployed.live(deployment!);
        await page.locator('fapi-editor .toolbar .chip', { hasText: 'Up to date' }).waitFor();
        return ms;
      }, (round) => peer.change(`theirs${round}`));
    } finally {
      await browser.close();
      await peer.stop();
    }
  } finally {
    await deployed.stop();
  }
}

/** When the page itself saw a click, in milliseconds since 1970: what the browser's driver does before it is no part of a click. */
async function watchClicks(page: Page): Promise<{ next(): Promise<number> }> {
  let hear: (at: number) => void = () => undefined;
  await page.exposeBinding('reportClick', (_, at: number) => hear(at));
  await page.addInitScript(`addEventListener('click', (event) => reportClick(Date.now() - (performance.now() - event.timeStamp)), true);`);
  return { next: () => new Promise((resolve) => (hear = resolve)) };
}
