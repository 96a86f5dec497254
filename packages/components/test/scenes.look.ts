import { allUnder, playScene, wordsIn } from '../scenes/play.ts';
import { scenesOf, tags } from '../scenes/table.ts';
import { makeDeployment, makeResponder, appId, until } from '../scenes/server/responder.ts';
import { counted, deployments } from '../scenes/server/samples.ts';
import { itBrokeNoPolicy, look, open } from './look.ts';
import { cramped, cutWords, isStill, smallTargets } from './measures.ts';
import { contentOf, expect, find, hasNoViolations, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());
/** The markup is the same in every look, and is judged in one; its colours are not. */
const ofColour = ['color-contrast', 'link-in-text-block'];
const where = { appOrigin: `http://127.0.0.1:${location.port}/`, appPath: '/packages/components/test/preview-page.html' };

const partsSeen = new Set<string>();
/** Which parts can be seen in the page now, those that an element hands on included. */
function see(): void {
  for (const element of [...allUnder(document.body)].reverse()) {
    for (const part of element.shadowRoot ? partsIn(element.shadowRoot) : []) partsSeen.add(`${element.localName}::part(${part})`);
  }
}
function* partsIn(root: ShadowRoot): Generator<string> {
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    if (element.part.length > 0 && element.checkVisibility()) yield* element.part;
    const handed = element.shadowRoot && element.getAttribute('exportparts')?.split(',').map((one) => one.split(':').map((name) => name.trim()));
    if (!handed) continue;
    const inner = new Set(partsIn(element.shadowRoot!));
    for (const [own, as = own] of handed) if (inner.has(own!)) yield as!;
  }
}

describe(`in the look "${look}"`, () => {
  it('is the look that the browser was told to have', () => {
    expect([matchMedia('(forced-colors: active)').matches, matchMedia('(prefers-color-scheme: dark)').matches, matchMedia('(prefers-reduced-motion: reduce)').matches], [look.startsWith('forced'), look.endsWith('dark'), look === 'dark']);
  });

  for (const tag of tags) {
    for (const [state, scene] of scenesOf(tag)) {
      it(`${tag} has the state "${state}" without an axe violation`, async () => {
        const { element, seen, find: findIn } = await playScene(tag, scene, document.body, where);
        if (scene.says !== undefined) {
          const shown = await seen(scene.shows);
          await until(() => `${wordsIn(shown.shadowRoot ?? shown)}`.includes(scene.says!), `"${scene.says}" in ${scene.shows}`);
        }
        see();
        await hasNoViolations(scene.alone === undefined ? element : findIn(scene.alone)!, look === 'light' ? undefined : ofColour);
        // One of each is enough: no look has other sizes, and motion is taken away in one of them.
        if (look === 'light') expect(smallTargets(element), []);
        if (look === 'dark') isStill(element);
        // The last, since it makes the element narrow.
        if (look === 'light') expect(await cutWords(element), []);
        if (look === 'light') expect(await cramped(element), []);
      });
    }
  }

  it('has every part that an element declares in some state of it', async () => {
    const { modules } = await (await fetch('/packages/components/custom-elements.json')).json() as { modules: { declarations?: { tagName?: string; cssParts?: { name: string }[] }[] }[] };
    const declared = modules.flatMap(({ declarations = [] }) => declarations).flatMap(({ tagName = '', cssParts = [] }) => cssParts.map(({ name }) => `${tagName}::part(${name})`));
    expect(declared.filter((part) => !partsSeen.has(part)), []);
  });

  if (look.startsWith('forced')) {
    it('keeps what colour alone would say: the states of stages and counters by shape, the chosen file by an outline', async () => {
      const status = await open('fapi-deploy-status', makeResponder(undefined, { latest: makeDeployment(deployments['failed']) }));
      const rows = await until(() => [...status.shadowRoot!.querySelectorAll('.steps li .shape')].length > 0 && [...status.shadowRoot!.querySelectorAll('.steps li')]);
      const shapeOf = (state: string): string | undefined => rows.find((row) => (row as HTMLElement).dataset['state'] === state)?.querySelector('.shape')?.innerHTML;
      expect(new Set(['done', 'failed', 'todo'].map(shapeOf)).size, 3);
      const editor = await open('fapi-editor', makeResponder());
      const chosen = await until(() => find(editor, 'fapi-file-tree')?.shadowRoot?.querySelector('li[aria-selected=true]'));
      expect(getComputedStyle(chosen).outlineStyle, 'solid');
      await until(() => contentOf(editor));
      typeInto(editor, 'x');
      const dot = await until(() => find(editor, '.tab .dot'));
      expect(isInvisible(getComputedStyle(dot).backgroundColor), false);
      const metricsResponder = makeResponder();
      const metrics = await open('fapi-metrics', metricsResponder);
      metricsResponder.send({ type: 'metrics', appId, metrics: counted });
      await until(() => find(metrics, '.tiles'));
      const marks = [...metrics.shadowRoot!.querySelectorAll('.tile[data-tone] dt')].map((mark) => getComputedStyle(mark, '::before').backgroundColor);
      expect(marks.map(isInvisible), [false, false, false]);
    });
  }

  itBrokeNoPolicy();
});

/** A mark in the colour of the canvas is one that nobody sees. */
function isInvisible(color: string): boolean {
  const canvas = document.createElement('div');
  canvas.style.backgroundColor = 'Canvas';
  document.body.append(canvas);
  const own = getComputedStyle(canvas).backgroundColor;
  canvas.remove();
  return color === own || color === 'rgba(0, 0, 0, 0)';
}
