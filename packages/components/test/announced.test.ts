import type { FapiEvent } from '../src/index.ts';
import { playScene } from '../scenes/play.ts';
import type { Tag } from '../scenes/scene.ts';
import { scenesOf, table, tags } from '../scenes/table.ts';
import { appId, makeResponder, until } from '../scenes/server/responder.ts';
import { expect, hear, show } from './show.ts';

interface Manifest { readonly modules: readonly { readonly declarations?: readonly { readonly tagName?: string; readonly events?: readonly { readonly name: string }[]; readonly cssParts?: readonly { readonly name: string }[] }[] }[] }
const where = { appOrigin: `http://127.0.0.1:${location.port}/`, appPath: '/packages/components/test/preview-page.html' };
/** What has nothing to read or to do by itself: what holds the others, and parts of others. */
const quiet: readonly Tag[] = ['fapi-provider', 'fapi-code', 'fapi-conflict', 'fapi-convert', 'fapi-file-tree', 'fapi-find', 'fapi-palette'];
const talking = tags.filter((tag) => !quiet.includes(tag));
type Told<K extends 'fapi-ready' | 'fapi-error'> = FapiEvent<K>['detail'];

let declared: ReadonlyMap<string, { readonly events: readonly string[]; readonly parts: readonly string[] }>;
before(async () => {
  const { modules } = await (await fetch('/packages/components/custom-elements.json')).json() as Manifest;
  declared = new Map(modules.flatMap(({ declarations = [] }) => declarations.flatMap(({ tagName, events = [], cssParts = [] }) => (tagName ? [[tagName, { events: events.map(({ name }) => name), parts: cssParts.map(({ name }) => name) }] as const] : []))));
});
afterEach(() => document.body.replaceChildren());

for (const tag of talking) {
  describe(`what ${tag} tells its page`, () => {
    it('is said in the reference', () => expect(['fapi-ready', 'fapi-error'].filter((name) => !declared.get(tag)!.events.includes(name)), []));

    it('is that it is ready, once, across shadow roots', async () => {
      const told = hear<Told<'fapi-ready'>>(document, 'fapi-ready');
      const wrong = hear<Told<'fapi-error'>>(document, 'fapi-error');
      const own = (): readonly Told<'fapi-ready'>[] => told.filter(({ source }) => source === tag);
      const responder = makeResponder();
      const element = show(tag, responder);
      await until(() => own().length > 0, 'fapi-ready');
      expect(element.shadowRoot!.querySelector('[part~=loading], [part~=error]'), null);
      const id = tag === 'fapi-apps' ? undefined : appId;
      element.setAttribute('title', 'another look');
      (element as unknown as { requestUpdate(): void }).requestUpdate();
      await element.updateComplete;
      expect([own(), wrong.filter(({ source }) => source === tag)], [[{ source: tag, appId: id }], []]);
    });

    it('is what went wrong, with the error itself, once for as long as it lasts', async () => {
      const told = hear<Told<'fapi-error'>>(document, 'fapi-error');
      const ready = hear<Told<'fapi-ready'>>(document, 'fapi-ready');
      const scene = table[tag].states.error;
      if ('absent' in scene) throw new Error(`${tag} shows no error`);
      const { element } = await playScene(tag, scene, document.body, where);
      const own = (): readonly Told<'fapi-error'>[] => told.filter(({ source }) => source === tag);
      await until(() => own().length > 0, 'fapi-error');
      (element as unknown as { requestUpdate(): void }).requestUpdate();
      await (element as unknown as { updateComplete: Promise<unknown> }).updateComplete;
      expect([own().length, (own()[0]!.error as Error).name, ready.filter(({ source }) => source === tag)], [1, 'ApiError', []]);
    });
  });
}

describe('a refusal', () => {
  it('that comes again is read out once: the number of the request, which is another one each time, is beside what is read', async () => {
    const responder = makeResponder();
    responder.refuse(`/v1/apps/${appId}`, 401, 'unauthorized');
    const element = show('fapi-metrics', responder);
    const alert = await until(() => element.shadowRoot!.querySelector('[role=alert]'), 'the refusal');
    expect([alert.textContent!.includes('Signed out'), alert.textContent!.includes('req-123'), element.shadowRoot!.textContent!.includes('req-123')], [true, false, true]);
    // Who has signed in elsewhere need not load the page again.
    responder.accept(`/v1/apps/${appId}`);
    [...element.shadowRoot!.querySelectorAll('button')].find((button) => button.textContent!.trim() === 'Try again')!.click();
    await until(() => !element.shadowRoot!.querySelector('[role=alert]'), 'the app');
  });
});

describe('the parts that elements have in common', () => {
  const common = ['root', 'header', 'status', 'error', 'empty', 'loading'];
  for (const tag of talking) {
    it(`are those of the reference: ${tag}`, async () => {
      const [seen, outer] = [new Set<string>(), declared.get(tag)!.parts.filter((part) => common.includes(part))];
      for (const [, scene] of scenesOf(tag)) {
        if (outer.every((part) => seen.has(part))) break;
        const { element } = await playScene(tag, scene, document.body, where);
        for (const part of partsOf(element)) seen.add(part);
        document.body.replaceChildren();
      }
      expect(outer.filter((part) => !seen.has(part)), []);
      expect([...seen].filter((part) => common.includes(part) && !outer.includes(part)), []);
      expect(['root', 'error', 'empty', 'loading'].filter((part) => !outer.includes(part)), []);
    });
  }
});

/** What `::part()` reaches from outside of an element. */
function partsOf(element: Element): string[] {
  return [...element.shadowRoot!.querySelectorAll('[part], [exportparts]')].flatMap((one) => [...one.part, ...(one.getAttribute('exportparts') ?? '').split(',').filter((name) => name && !name.includes(':')).map((name) => name.trim()).filter((name) => one.shadowRoot && partsOf(one).includes(name))]);
}
