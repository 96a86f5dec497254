import type { ReactiveElement } from 'lit';
import type { FapiEditor } from '../src/index.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, show, tags, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

/** Counts from now on how often an element is drawn. */
function countDraws(element: ReactiveElement): { readonly count: number } {
  const draws = { count: 0 };
  element.addController({ hostUpdated: () => { draws.count += 1; } });
  return draws;
}

/** The editor with everything that can stand beside it, all of one app and one client. */
async function openAll(responder: Responder): Promise<{ editor: FapiEditor; others: ReadonlyMap<string, ReactiveElement> }> {
  const editor = show<FapiEditor>('fapi-editor', responder);
  const others = new Map(tags.filter((tag) => tag !== 'fapi-editor').map((tag) => {
    const element = Object.assign(document.createElement(tag), { appId });
    editor.parentElement!.append(element);
    return [tag, element as ReactiveElement];
  }));
  await until(() => contentOf(editor), 'the code');
  await until(() => responder.openStreams > 0 && ['/validate', '/logs', '/metrics'].every((end) => responder.seen.some(({ path }) => path.split('?')[0]!.endsWith(end))), 'everything asked for');
  await until(() => !find(others.get('fapi-logs')!, '[part=loading]') && find(editor, '.language[data-status]'), 'everything answered');
  await Promise.all([...others.values()].map(({ updateComplete }) => updateComplete));
  return { editor, others };
}

/** Types, and waits until the editor has drawn it. */
async function typeDrawn(editor: FapiEditor, typed: string): Promise<void> {
  const drawn = countDraws(editor);
  typeInto(editor, typed);
  await until(() => drawn.count > 0, 'the key in the editor');
  await editor.updateComplete;
}

describe('a key that is typed', () => {
  it('redraws nothing that shows no text of the draft', async () => {
    const responder = makeResponder();
    const { editor, others } = await openAll(responder);
    const draws = new Map([...others].filter(([tag]) => tag !== 'fapi-deploy-status').map(([tag, element]) => [tag, countDraws(element)]));
    for (const key of 'abc') await typeDrawn(editor, key);
    expect(Object.fromEntries([...draws].map(([tag, { count }]) => [tag, count])), Object.fromEntries([...draws.keys()].map((tag) => [tag, 0])));
    responder.send({ type: 'log', id: '', appId, lines: [{ seq: 1, at: '2026-11-24T10:00:00.000Z', generation: 1, stream: 'stdout', text: 'hello' }], dropped: 0 });
    await until(() => others.get('fapi-logs')!.shadowRoot!.querySelector('.line'), 'a line in the logs, which are drawn when they change');
    expect(draws.get('fapi-logs')!.count > 0, true);
  });

  it('has nobody ask who can be seen, which lays the page out, while the server is there', async () => {
    const { editor } = await openAll(makeResponder());
    const { checkVisibility } = Element.prototype;
    let asked = 0;
    Element.prototype.checkVisibility = function check(...options) {
      asked += 1;
      return checkVisibility.apply(this, options);
    };
    try {
      for (const key of 'abc') await typeDrawn(editor, key);
      expect(asked, 0);
    } finally {
      Element.prototype.checkVisibility = checkVisibility;
    }
  });

  it('redraws the list of files only when its marks are others', async () => {
    const { editor } = await openAll(makeResponder([{ path: 'main.py', content: 'app = 1\n' }, { path: 'other.py', content: '' }]));
    await typeDrawn(editor, '#');
    const tree = find(editor, 'fapi-file-tree') as ReactiveElement & HTMLElement;
    await until(() => tree.shadowRoot!.querySelector('[data-path="main.py"] .dot'), 'the mark');
    const draws = countDraws(tree);
    for (const key of 'abc') await typeDrawn(editor, key);
    expect(draws.count, 0);
    await editor.save();
    await until(() => tree.shadowRoot!.querySelector('.dot') === null, 'no mark any more');
    expect(draws.count > 0, true);
  });
});
