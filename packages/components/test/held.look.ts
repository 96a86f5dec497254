import { scenesOf, tags } from '../scenes/table.ts';
import { isWellMade, playAndRead } from './judged.ts';
import { itBrokeNoPolicy, look } from './look.ts';
import { expect } from './show.ts';

// The first to be asked for it: a page of the other scenes has CodeMirror after one of them. Before the policy of `look.ts` is in force, which allows no map.
document.head.append(Object.assign(document.createElement('script'), { type: 'importmap', textContent: JSON.stringify({ imports: { [new URL('../src/editor/editor.ts', import.meta.url).href]: new URL('./never.ts', import.meta.url).href } }) }));

describe(`before CodeMirror has come, in the look "${look}"`, () => {
  afterEach(() => document.body.replaceChildren());

  for (const tag of tags) {
    for (const [state, scene] of scenesOf(tag).filter(([, { isCodeHeld }]) => isCodeHeld)) {
      it(`${tag} has the state "${state}" without an axe violation`, async () => {
        const shown = await playAndRead(tag, scene);
        expect(shown.find('.cm-editor') ?? null, null);
        await isWellMade(shown, scene);
      });
    }
  }

  itBrokeNoPolicy();
});
