import { allUnder } from '../scenes/play.ts';
import { isAbsent, lookStates } from '../scenes/scene.ts';
import type { LookState, Row, Shown, Tag } from '../scenes/scene.ts';
import { scenesOf, table, tags } from '../scenes/table.ts';
import { makeDeployment, makeResponder, appId, until } from '../scenes/server/responder.ts';
import { counted, deployments } from '../scenes/server/samples.ts';
import { itBrokeNoPolicy, look, open } from './look.ts';
import { isWellMade, playAndRead } from './judged.ts';
import { contentOf, expect, find, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

/** What alone tells that an element waits, has nothing or may not, where that state has no words: another one that has it too is no proof of it. */
function marksOf(tag: Tag): readonly (readonly [state: string, selector: string])[] {
  const { states }: Row = table[tag];
  return (['loading', 'empty', 'no-permission'] as const).flatMap((state) => {
    const one = states[state];
    return isAbsent(one) || one.says !== undefined ? [] : [[state, one.shows] as const];
  });
}
const isSeen = ({ find: findIn }: Shown, selector: string): boolean => findIn(selector)?.checkVisibility({ visibilityProperty: true }) ?? false;

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
    for (const [state, scene] of scenesOf(tag).filter(([, { isCodeHeld }]) => !isCodeHeld)) {
      it(`${tag} has the state "${state}" without an axe violation`, async () => {
        const shown = await playAndRead(tag, scene);
        see();
        for (const [other, marks] of marksOf(tag)) if (lookStates.includes(state as LookState) && other !== state) expect([other, isSeen(shown, marks)], [other, false]);
        await isWellMade(shown, scene);
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
