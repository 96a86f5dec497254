import { inTurn } from '../parts/in-turn.ts';
import type { Figures } from '../parts/row.ts';
import { startLanguageSite } from './editor-page.ts';
import { field, harbour, place } from './harbour.ts';
import { startTy } from './ty.ts';

const main = harbour.find(({ path }) => path === 'main.py')!;
const behindTheDot = { line: place.line, character: place.character + 1 };
const check = (labels: readonly string[]): void => {
  if (!labels.includes(field)) throw new Error(`ty does not suggest ${field}: ${labels.slice(0, 5).join(', ')}`);
};

/** From the key of a dot to the frame with the field of a model of another file: editor, WebSocket, server, runner, its `ty`, and back. Beside the same change and question to a `ty` alone. */
export async function measureCompletion(rounds: number): Promise<Figures> {
  const [site, ty] = await Promise.all([startLanguageSite(), startTy(harbour)]);
  try {
    const page = await site.open();
    await page.ready();
    await page.place();
    ty.open(main.path, main.content);
    return await inTurn(rounds, async () => {
      const { pressedAt, shownAt } = await page.dot();
      await page.undot();
      return shownAt - pressedAt;
    }, async () => {
      const startedAt = performance.now();
      ty.type(main.path, place, '.');
      check(await ty.complete(main.path, behindTheDot));
      const ms = performance.now() - startedAt;
      ty.remove(main.path, place);
      return ms;
    });
  } finally {
    await ty.stop();
    await site.stop();
  }
}

/** From the first frame with code in a page that was just opened to the first suggestions in it, the dot pressed as soon as the editor says that there are any. Beside a `ty` alone, from its start to its first suggestions. */
export async function measureFirstCompletion(rounds: number): Promise<Figures> {
  const site = await startLanguageSite();
  try {
    return await inTurn(rounds, async () => {
      const page = await site.open();
      try {
        await page.place();
        await page.ready();
        const { openedAt, shownAt } = await page.dot();
        return shownAt - openedAt;
      } finally {
        await page.close();
      }
    }, async () => {
      const startedAt = performance.now();
      const ty = await startTy(harbour);
      try {
        ty.open(main.path, main.content);
        ty.type(main.path, place, '.');
        check(await ty.complete(main.path, behindTheDot));
        return performance.now() - startedAt;
      } finally {
        await ty.stop();
      }
    });
  } finally {
    await site.stop();
  }
}
