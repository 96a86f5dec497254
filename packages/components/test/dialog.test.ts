import type { FapiEditor } from '../src/index.ts';
import { makeResponder, until } from '../scenes/server/responder.ts';
import { at, draft, goTo, inCode, press, status, typeKeys } from './language-page.ts';
import { codeOf, contentOf, expect, find } from './show.ts';

afterEach(() => document.body.replaceChildren());

/** An editor in a dialog of the page, which is another box to fixed places, and is opened only once the editor is in it. */
async function openLate(): Promise<{ dialog: HTMLDialogElement; editor: FapiEditor; heard: string[] }> {
  const responder = makeResponder(draft);
  responder.language.answers = {
    'textDocument/completion': () => ({ isIncomplete: false, items: ['berths', 'name'].map((label) => ({ label, kind: 5 })) }),
    'textDocument/prepareRename': () => at(2, 18, 7),
  };
  const dialog = document.createElement('dialog');
  Object.assign(dialog.style, { width: '900px', transform: 'translate(30px, 20px)' });
  const provider = Object.assign(document.createElement('fapi-provider'), { client: responder.client });
  const editor = Object.assign(document.createElement('fapi-editor'), { appId: responder.draft.appId });
  provider.append(editor);
  dialog.append(provider);
  document.body.append(dialog);
  await until(() => codeOf(editor), 'the code, which nobody sees');
  dialog.showModal();
  await until(() => contentOf(editor) && status(editor) === 'on', 'the code editor');
  const heard: string[] = [];
  dialog.addEventListener('keydown', ({ key }) => { if (key === 'Escape') heard.push(key); });
  return { dialog, editor, heard };
}
const list = (editor: FapiEditor): HTMLElement | null | undefined => inCode(editor, '.cm-tooltip-autocomplete');

/** A dot, and what it brings. */
async function complete(editor: FapiEditor): Promise<HTMLElement> {
  await goTo(editor, 3, 27);
  typeKeys(editor, '.');
  return until(() => list(editor)?.querySelector('li') && list(editor), 'the suggestions');
}

describe('an editor in a dialog that is moved by a transform and opened late', () => {
  it('has its suggestions at the cursor', async () => {
    const { editor } = await openLate();
    const box = await complete(editor);
    const places = (): { cursor: { left: number; top: number; bottom: number }; list: DOMRect } => ({ cursor: codeOf(editor)!.act((view) => view.coordsAtPos(view.state.selection.main.head))!, list: box.getBoundingClientRect() });
    await until(() => {
      const { cursor, list: { left, top, bottom } } = places();
      const line = cursor.bottom - cursor.top;
      return Math.min(Math.abs(top - cursor.bottom), Math.abs(cursor.top - bottom)) <= line && Math.abs(left - cursor.left) <= 2 * line;
    }, 'the list beside the cursor').catch(() => { throw new Error(JSON.stringify(places())); });
  });

  it('closes its list by the first Escape, which the dialog does not hear; after the second, Tab leaves the code', async () => {
    const { dialog, editor, heard } = await openLate();
    await complete(editor);
    const content = contentOf(editor)!;
    // A browser closes its dialog by one that nobody took.
    expect(press(content, 'Escape'), false);
    await until(() => !list(editor), 'no list');
    expect([heard, dialog.open, press(content, 'Tab', { keyCode: 9 })], [[], true, false]);
    press(content, 'Escape');
    await until(() => find(codeOf(editor)!, '.tab-hint')!.textContent !== '', 'the hint');
    expect([press(content, 'Tab', { keyCode: 9 }), heard], [true, ['Escape']]);
  });

  const closed: Readonly<Record<string, (editor: FapiEditor) => Promise<Element>>> = {
    'the search in its code': async (editor) => {
      press(contentOf(editor), 'f', { ctrlKey: true });
      return until(() => inCode(editor, '.cm-search [name=search]'), 'the search');
    },
    'the question for another name': async (editor) => {
      await goTo(editor, 3, 20);
      press(contentOf(editor), 'F2');
      return until(() => inCode(editor, '.cm-language-rename input'), 'the question');
    },
    'the search in its files': async (editor) => {
      await editor.findInProject();
      return until(() => find(find(editor, 'fapi-find')!, 'input[name=text]'), 'the search');
    },
    'a new name in its list': async (editor) => {
      const tree = find(editor, 'fapi-file-tree')!;
      press(find(tree, '[data-path="main.py"]'), 'F2');
      return until(() => find(tree, 'li input'), 'the field');
    },
    'the menu of its list': async (editor) => {
      const tree = find(editor, 'fapi-file-tree')!;
      find(tree, 'button[aria-haspopup]')!.click();
      return until(() => find(tree, '[role=menuitem]'), 'the menu');
    },
  };
  for (const [name, open] of Object.entries(closed)) {
    it(`closes ${name} by an Escape that the dialog does not hear`, async () => {
      const { dialog, editor, heard } = await openLate();
      await goTo(editor, 3, 20);
      const inside = await open(editor);
      expect(press(inside, 'Escape'), false);
      await until(() => !inside.isConnected || !inside.checkVisibility(), 'closed');
      expect([heard, dialog.open], [[], true]);
    });
  }
});
