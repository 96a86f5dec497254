import type { FapiBuilder, FapiLogs } from '../src/index.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, find, show, typeInto } from './show.ts';

beforeEach(() => localStorage.clear());
afterEach(() => document.body.replaceChildren());

/** What a key writes, and where it is, on keyboards that are not the usual one. */
const keyboards = {
  'Caps Lock': { s: 'S', f: 'f', p: 'P', z: 'Z', x: 'X', v: 'V', a: 'A' },
  Hebrew: { s: 'ד', f: 'כ', p: 'פ', z: 'ז', x: 'ס', v: 'ה', a: 'ש' },
  Russian: { s: 'ы', f: 'а', p: 'з', z: 'я', x: 'ч', v: 'м', a: 'ф' },
  Greek: { s: 'σ', f: 'φ', p: 'π', z: 'ζ', x: 'χ', v: 'ω', a: 'α' },
  Arabic: { s: 'س', f: 'ب', p: 'ح', z: 'ئ', x: 'ء', v: 'ر', a: 'ش' },
} as const;
type Letter = keyof (typeof keyboards)['Hebrew'];

const down = (target: Element, key: string, code: string, init: KeyboardEventInit = {}): boolean => target.dispatchEvent(new KeyboardEvent('keydown', { key, code, keyCode: code.charCodeAt(3), ctrlKey: true, bubbles: true, composed: true, cancelable: true, ...init }));
const files = [{ path: 'main.py', content: 'app = 1\n' }, { path: 'lib/a.py', content: '' }];
async function open(): Promise<{ builder: FapiBuilder; responder: Responder }> {
  const responder = makeResponder(files);
  const builder = show<FapiBuilder>('fapi-builder', responder);
  builder.style.width = '1200px';
  await until(() => builder.editor && contentOf(builder.editor));
  return { builder, responder };
}

describe('shortcuts', () => {
  for (const [name, letters] of Object.entries(keyboards)) {
    const key = (letter: Letter): [string, string] => [letters[letter], `Key${letter.toUpperCase()}`];

    it(`of the editor and the builder are heard with ${name}`, async () => {
      const { builder, responder } = await open();
      const editor = builder.editor!;
      const palette = find(builder, 'fapi-palette')!;
      const dialog = (): HTMLDialogElement | null => find<HTMLDialogElement>(palette, 'dialog[open]');
      typeInto(editor, '#');
      await until(() => editor.isDirty);
      expect(down(contentOf(editor)!, ...key('s')), false);
      await until(() => responder.draft.version === 2, 'it is saved');
      expect(down(contentOf(editor)!, ...key('p')), false);
      await until(dialog, 'the files');
      dialog()!.close();
      expect(down(contentOf(editor)!, ...key('f'), { shiftKey: true }), false);
      await until(() => find(editor, 'fapi-find'), 'the search over all files');
      expect(find(codeOf(editor)!, '.cm-search'), null);
    });

    it(`of the files and the logs are heard with ${name}`, async () => {
      const { builder, responder } = await open();
      const tree = await until(() => find(builder.editor!, 'fapi-file-tree'));
      const row = (path: string) => find(tree, `[data-path="${path}"]`);
      expect(down(row('main.py')!, ...key('x')), false);
      await until(() => row('main.py')!.hasAttribute('data-cut'), 'it is cut');
      expect(down(row('lib')!, ...key('v')), false);
      await until(() => row('lib/main.py'), 'it is moved');
      expect(down(row('lib')!, ...key('z')), false);
      await until(() => row('main.py'), 'it is moved back');
      const logs = show<FapiLogs>('fapi-logs', responder);
      await until(() => responder.openStreams > 0);
      responder.send({ type: 'log', id: '', appId, lines: [1, 2].map((seq) => ({ seq, at: '2026-11-24T10:00:00.000Z', generation: 1, stream: 'stdout' as const, text: 'hello' })), dropped: 0 });
      const list = await until(() => find(logs, '[role=treegrid]'));
      expect(down(list, ...key('a')), false);
      await until(() => logs.shadowRoot!.querySelectorAll('.line[aria-selected=true]').length === 2, 'all lines');
      expect([down(list, ...key('f')), logs.shadowRoot!.activeElement?.getAttribute('name')], [false, 'query']);
    });
  }

  it('go by the letter that a Latin keyboard writes, wherever it is', async () => {
    const { builder, responder } = await open();
    const editor = builder.editor!;
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    // Where a US keyboard has S, Dvorak has O, and S where that has a semicolon.
    expect([down(contentOf(editor)!, 'o', 'KeyS', { keyCode: 79 }), responder.draft.version], [true, 1]);
    expect(down(contentOf(editor)!, 's', 'Semicolon', { keyCode: 83 }), false);
    await until(() => responder.draft.version === 2, 'it is saved');
    // Bépo has é there.
    expect(down(find(editor, 'fapi-file-tree')!, 'é', 'KeyP'), true);
  });

  it('are listed by the question mark of an Arabic keyboard', async () => {
    const { builder } = await open();
    down(find(builder, '[role=tab]')!, '؟', 'Slash', { ctrlKey: false, shiftKey: true });
    await until(() => find<HTMLDialogElement>(builder, 'dialog.keys')?.open);
  });
});
