import { playScene, wordsIn } from '../scenes/play.ts';
import type { Scene, Shown, Tag } from '../scenes/scene.ts';
import { until } from '../scenes/server/responder.ts';
import { look } from './look.ts';
import { cramped, cutWords, isStill, smallTargets } from './measures.ts';
import { expect, hasNoViolations } from './show.ts';

/** The markup is the same in every look, and is judged in one; its colours are not. */
const ofColour = ['color-contrast', 'link-in-text-block'];
const where = { appOrigin: `http://127.0.0.1:${location.port}/`, appPath: '/packages/components/test/preview-page.html' };

/** Plays a scene, and waits for its words. */
export async function playAndRead(tag: Tag, scene: Scene): Promise<Shown> {
  const shown = await playScene(tag, scene, document.body, where);
  if (scene.says !== undefined) {
    const part = await shown.seen(scene.shows);
    await until(() => wordsIn(part.shadowRoot ?? part).includes(scene.says!), `"${scene.says}" in ${scene.shows}`);
  }
  return shown;
}

/** What is played breaks no rule of axe, and is large enough, still enough and not cut. The last to be asked, since it makes the element narrow. */
export async function isWellMade({ element, find }: Shown, scene: Scene): Promise<void> {
  await hasNoViolations(scene.alone === undefined ? element : find(scene.alone)!, look === 'light' ? undefined : ofColour);
  // One of each is enough: no look has other sizes, and motion is taken away in one of them.
  if (look === 'light') expect(smallTargets(element), []);
  if (look === 'dark') isStill(element);
  if (look === 'light') expect(await cutWords(element), []);
  if (look === 'light') expect(await cramped(element), []);
}
