import { playScene } from '../scenes/play.ts';
import { isAbsent } from '../scenes/scene.ts';
import type { Row, Tag } from '../scenes/scene.ts';
import { table, tags } from '../scenes/table.ts';
import { expect } from './show.ts';

afterEach(() => document.body.replaceChildren());
const where = { appOrigin: `http://127.0.0.1:${location.port}/`, appPath: '/packages/components/test/preview-page.html' };

/** In the place of the element itself; that of a builder is its editor's. */
async function skeletonOf(tag: Tag): Promise<HTMLElement | undefined> {
  const { loading }: Row['states'] = (table[tag] satisfies Row).states;
  if (isAbsent(loading) || loading.isCodeHeld) return undefined;
  const { find } = await playScene(tag, loading, document.body, where);
  return find('.skeleton');
}

/** What is drawn, and where. */
function shapeOf(skeleton: HTMLElement): string {
  return [skeleton, ...skeleton.querySelectorAll<HTMLElement>(':scope > span:not(.visually-hidden)')].map((one) => {
    const { backgroundImage, backgroundPosition, backgroundSize, height, gridTemplateColumns } = getComputedStyle(one);
    return [backgroundImage, backgroundPosition, backgroundSize, one === skeleton ? gridTemplateColumns.split(' ').length : height].join(' ');
  }).join('; ');
}

describe('what stands in the place of what is coming', () => {
  it('is not seen for the first 150 ms, in each element', async () => {
    const early: [Tag, ...unknown[]][] = [];
    for (const tag of tags) {
      const skeleton = await skeletonOf(tag);
      if (!skeleton) continue;
      const [animation, ...others] = skeleton.getAnimations();
      // Held, so that it is asked and not waited for.
      animation!.pause();
      const opacityAt = (ms: number): string => {
        animation!.currentTime = ms;
        return getComputedStyle(skeleton).opacity;
      };
      early.push([tag, others.length, opacityAt(0), opacityAt(149), opacityAt(150)]);
    }
    expect(early.length > 7, true);
    expect(early.filter(([, ...rest]) => JSON.stringify(rest) !== JSON.stringify([0, '0', '0', '1'])), []);
  });

  it('has the shape of its element, and not of any', async () => {
    const shapes = new Map<string, Tag[]>();
    for (const tag of tags) {
      const skeleton = await skeletonOf(tag);
      if (skeleton) shapes.set(shapeOf(skeleton), [...shapes.get(shapeOf(skeleton)) ?? [], tag]);
      document.body.replaceChildren();
    }
    // The place of a builder is that of its editor.
    expect([...shapes.values()].filter((alike) => alike.length > 1 && alike.join() !== 'fapi-builder,fapi-editor'), []);
  });

  it('has as many columns as the counters that come', async () => {
    const skeleton = (await skeletonOf('fapi-metrics'))!;
    expect(getComputedStyle(skeleton).gridTemplateColumns.split(' ').length, 4);
  });
});
