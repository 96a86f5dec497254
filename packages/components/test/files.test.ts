import type { AppFile } from '@fapi/sdk/contract';
import { ctrl, files, open, project, rows } from './desk.ts';
import { until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, typeInto } from './show.ts';

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.dir = '';
});

describe('the keys of the tree of files', () => {
  it('go through it as the pattern of a tree has it', async () => {
    const { tree, press, focused, at } = await open();
    await at('main.py');
    const went: (string | undefined)[] = [];
    for (const key of ['Home', 'ArrowDown', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowRight', 'ArrowRight', 'End', 'ArrowUp', 'ArrowDown', 'ArrowDown']) {
      await press(key);
      went.push(focused());
    }
    expect(went, ['routers', 'routers/deep', 'routers/deep/a.py', 'routers/deep', 'routers/deep', 'routers', 'routers/deep', 'routers/deep', 'main.py', 'tests/test_main.py', 'main.py', 'main.py']);
    await hasNoViolations(tree);
  });

  it('are mirrored where the page runs from right to left', async () => {
    document.documentElement.dir = 'rtl';
    const { tree, press, focused, at } = await open();
    await at('routers');
    await press('ArrowRight');
    expect(rows(tree).includes('routers/items.py'), false);
    await press('ArrowLeft');
    expect(rows(tree).includes('routers/items.py'), true);
    await press('ArrowLeft');
    expect(focused(), 'routers/deep');
  });

  it('find a name by its letters, and the next by one letter again', async () => {
    const { press, focused, at } = await open(files('a.py', 'mail.py', 'main.py', 'model.py'));
    await at('a.py');
    await press('m');
    expect(focused(), 'mail.py');
    await press('m');
    expect(focused(), 'main.py');
    await press('m');
    expect(focused(), 'model.py');
  });

  it('find a name by more than one of its letters', async () => {
    const { press, focused, at } = await open(files('a.py', 'mail.py', 'main.py', 'model.py'));
    await at('a.py');
    for (const letter of 'mo') await press(letter);
    expect(focused(), 'model.py');
  });

  it('open all folders beside one with *, and fold one with Enter', async () => {
    const { tree, press, at } = await open();
    for (const folder of ['routers', 'static', 'tests']) {
      await at(folder);
      await press('Enter');
    }
    expect(rows(tree), ['routers', 'static', 'tests', 'main.py']);
    await at('main.py');
    await press('*');
    expect(rows(tree).length, 10);
  });

  it('open a file with Enter and do nothing to one that may only be read', async () => {
    const { editor, tree, press, at, saved } = await open();
    await at('routers/items.py');
    await press('Enter');
    await until(() => codeOf(editor)?.path === 'routers/items.py');
    editor.readonly = true;
    await editor.updateComplete;
    await at('main.py');
    for (const [key, more] of [['F2', {}], ['Delete', {}], ['x', ctrl], ['v', ctrl], ['z', ctrl]] as const) await press(key, more);
    expect([find(tree, 'input'), (await saved()).length, find(tree, '[draggable]')], [null, 6, null]);
  });
});

describe('a folder in the tree of files', () => {
  it('is renamed with F2 with all that is in it, as one change, and back by Ctrl+Z', async () => {
    const { press, at, type, saved, said, responder } = await open();
    await at('routers');
    await press('F2');
    expect(await type('api') ?? null, null);
    expect(said(), 'routers is now api. Undo');
    expect(await saved(), ['api/__init__.py', 'api/deep/a.py', 'api/items.py', 'main.py', 'static/site.css', 'tests/test_main.py']);
    const patches = responder.seen.filter(({ method }) => method === 'PATCH').map(({ body }) => body as { move: unknown[]; remove: unknown[]; put: unknown[] });
    expect(patches.map(({ move, remove, put }) => [move.length, remove.length, put.length]), [[3, 0, 0]]);
    await at('api');
    await press('z', ctrl);
    expect(await saved(), project().map(({ path }) => path));
    expect(said(), 'Undone: renaming routers to api');
  });

  it('that the buttons act on is the one that is shown, whoever brought it there', async () => {
    const { editor, tree, at, saved } = await open();
    await at('routers/items.py');
    contentOf(editor)!.focus();
    await editor.open('tests/test_main.py');
    await until(() => find(tree, '[tabindex="0"][role=treeitem]')?.dataset['path'] === 'tests/test_main.py', 'the file');
    find(tree, 'header [title*="(Del)"]')!.click();
    expect(await saved(), project().map(({ path }) => path).filter((path) => path !== 'tests/test_main.py'));
  });

  it('is deleted with Delete, and comes back with one press of Undo, the tabs too', async () => {
    const { editor, tree, press, at, saved, said, responder, focused } = await open();
    await editor.open('routers/items.py');
    await at('routers');
    await press('Delete');
    expect([said(), focused()], ['routers was deleted, with 3 files. Undo', 'static']);
    expect(await saved(), ['main.py', 'static/site.css', 'tests/test_main.py']);
    await hasNoViolations(tree);
    find(tree, '.said .acts > button')!.click();
    await until(() => codeOf(editor)?.path === 'routers/items.py');
    await saved();
    expect(responder.draft.files, project());
  });

  it('is offered in a menu that floats: nothing under it moves, it is in sight, and it goes with the focus', async () => {
    const { editor, tree, at } = await open();
    await at('main.py');
    const place = (): number => find(tree, '[role=tree]')!.getBoundingClientRect().top;
    const before = place();
    const more = find(tree, '[data-more]')!;
    more.click();
    const menu = await until(() => find(tree, '.menu:popover-open'), 'the menu');
    await until(() => menu.contains(tree.shadowRoot!.activeElement), 'the focus');
    expect(place(), before);
    const { left, top, right, bottom } = menu.getBoundingClientRect();
    expect([left >= 0, right <= innerWidth, bottom <= innerHeight, top >= more.getBoundingClientRect().bottom], [true, true, true, true]);
    await hasNoViolations(tree);
    contentOf(editor)!.focus();
    await until(() => !find(tree, '.menu'), 'no menu');
    expect([more.getAttribute('aria-expanded'), document.activeElement === editor], ['false', true]);
    more.click();
    const focused = (): HTMLElement | null => tree.shadowRoot!.activeElement as HTMLElement | null;
    const key = (name: string): boolean => focused()!.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, composed: true, cancelable: true }));
    await until(() => focused()?.role === 'menuitem', 'the focus in the menu');
    expect(['ArrowDown', 'End', 'ArrowDown', 'e'].map((name) => (key(name), focused()!.dataset['act'])), ['files', 'export', 'folder', 'export']);
    key('Escape');
    await until(() => !find(tree, '.menu') && tree.shadowRoot!.activeElement === more, 'the focus on what opened it');
  });

  it('is made with its first file', async () => {
    const { tree, at, type, saved } = await open(files('main.py'));
    await at('main.py');
    find(tree, '[data-more]')!.click();
    (await until(() => find(tree, '[data-act=folder]'))).click();
    const input = await until(() => find<HTMLInputElement>(tree, 'input'));
    expect([input.value, input.value.slice(input.selectionStart!, input.selectionEnd!), input.getAttribute('aria-label')], ['folder/__init__.py', 'folder', 'Path of the new folder and its first file']);
    await hasNoViolations(tree);
    await type('models/__init__.py');
    expect(await saved(), ['main.py', 'models/__init__.py']);
  });

  it('is not moved into itself, over another one, or to a path that cannot be, in words', async () => {
    const { press, at, type, saved } = await open();
    await at('routers');
    await press('F2');
    const refused: Record<string, string> = {
      'routers/deep/more': 'A folder cannot be moved into itself.', static: 'A folder with this path already exists.', 'main.py': 'A name is either a file or a folder, and main.py already exists.', Static: 'static already exists, and the names differ only in case.',
      'a/b/c/d/e/f/g': 'A path may have 8 parts at most.', 'ro\u0075\u0308ter': '“ü” cannot be used in a name. Use letters A to Z, digits, _ . and -.', con: 'Windows keeps the name con for itself.', '': 'A file needs a path.',
    };
    for (const [path, words] of Object.entries(refused)) expect([path, await type(path)], [path, words]);
    expect(await type('Routers') ?? null, null);
    expect((await saved()).slice(0, 3), ['Routers/__init__.py', 'Routers/deep/a.py', 'Routers/items.py']);
  });
});

describe('moving in the tree of files', () => {
  it('is cut with Ctrl+X and pasted into a folder with Ctrl+V', async () => {
    const { tree, press, at, saved, said, focused } = await open();
    await at('routers/items.py');
    await press('x', ctrl);
    expect(said(), 'routers/items.py is cut: paste it into a folder to move it.');
    expect([...tree.shadowRoot!.querySelectorAll<HTMLElement>('[data-cut]')].map(({ dataset }) => dataset['path']), ['routers/items.py']);
    await at('static');
    await press('v', ctrl);
    await until(() => focused() === 'static/items.py');
    expect((await saved()).includes('static/items.py'), true);
    await at('main.py');
    await press('x', ctrl);
    await press('Escape');
    await at('static');
    await press('v', ctrl);
    expect((await saved()).includes('main.py'), true);
  });

  it('is dragged onto a folder, a file in it, or the place beside all rows', async () => {
    const { tree, saved } = await open();
    const drag = async (from: string, to: string | undefined): Promise<void> => {
      const dataTransfer = new DataTransfer();
      const target = to === undefined ? find(tree, 'ul')! : find(tree, `[data-path="${to}"]`)!;
      const send = (type: string, at: Element): boolean => at.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
      const source = find(tree, `[data-path="${from}"]`)!;
      send('dragstart', source);
      send('dragover', target);
      await tree.updateComplete;
      expect(tree.shadowRoot!.querySelectorAll('[data-over]').length, 1);
      send('drop', target);
      send('dragend', source);
      await tree.updateComplete;
      expect(tree.shadowRoot!.querySelectorAll('[data-over]').length, 0);
      await new Promise((resolve) => setTimeout(resolve));
    };
    await drag('main.py', 'routers');
    await until(() => find(tree, '[data-path="routers/main.py"]'));
    await drag('routers/deep', 'static/site.css');
    await until(() => find(tree, '[data-path="static/deep/a.py"]'));
    await drag('routers/main.py', undefined);
    await until(() => find(tree, '[data-path="main.py"]'));
    expect(await saved(), ['main.py', 'routers/__init__.py', 'routers/items.py', 'static/deep/a.py', 'static/site.css', 'tests/test_main.py']);
    await drag('static', 'static/deep');
    expect(await until(() => find(tree, '.problem')?.textContent), 'A folder cannot be moved into itself.');
    await hasNoViolations(tree);
  });
});

describe('undo in the tree of files', () => {
  it('takes back one act after the other, the newest first', async () => {
    const { press, at, type, saved, tree } = await open(files('main.py'));
    await at('main.py');
    find(tree, 'button[aria-label="New file"]')!.click();
    await type('b.py');
    await at('b.py');
    await press('F2');
    await type('lib/c.py');
    await at('main.py');
    await press('Delete');
    expect(await saved(), ['lib/c.py']);
    await at('lib');
    for (const left of [['lib/c.py', 'main.py'], ['b.py', 'main.py'], ['main.py']]) {
      await press('z', ctrl);
      expect(await saved(), left);
      await at(left.at(-1)!);
    }
    await press('z', ctrl);
    expect(await saved(), ['main.py']);
  });

  it('keeps what was typed into a file since it was moved', async () => {
    const { editor, press, at, type, responder, saved } = await open(files('main.py'));
    await at('main.py');
    await press('F2');
    await type('app.py');
    await until(() => codeOf(editor)?.path === 'app.py');
    typeInto(editor, 'x = 1\n');
    await at('app.py');
    await press('z', ctrl);
    expect(await saved(), ['main.py']);
    expect(responder.draft.files[0]!.content, 'x = 1\n# main.py\n');
  });

  it('does nothing, and says to what, where somebody has changed since what it would overwrite', async () => {
    const { press, at, said, saved, responder, editor } = await open(files('lib.py', 'main.py'));
    await at('lib.py');
    await press('Delete');
    await saved();
    responder.saveElsewhere([{ path: 'lib.py', content: 'theirs\n' }, ...files('main.py')]);
    await until(() => find(editor, 'fapi-file-tree')!.shadowRoot!.querySelector('[data-path="lib.py"]'));
    await at('main.py');
    await press('z', ctrl);
    expect(said(), 'Not undone, because it was changed since: lib.py');
    await saved();
    expect(responder.draft.files.map(({ content }) => content), ['theirs\n', '# main.py\n']);
  });

  it('of a file that was added leaves it once something was typed into it', async () => {
    const { editor, tree, press, at, type, said, saved } = await open(files('main.py'));
    await at('main.py');
    find(tree, 'button[aria-label="New file"]')!.click();
    await type('notes.py');
    await until(() => codeOf(editor)?.path === 'notes.py');
    typeInto(editor, 'mine');
    await at('notes.py');
    await press('z', ctrl);
    expect([said(), await saved()], ['Not undone, because it was changed since: notes.py', ['main.py', 'notes.py']]);
  });
});

describe('a draft as large as one may be', () => {
  const many = (): AppFile[] => Array.from({ length: 200 }, (_, index) => ({ path: `pkg_${index % 10}/part_${index % 4}/deep/module_${String(index).padStart(3, '0')}.py`, content: `x = ${index}\n` }));

  it('has each of its 200 files in a row, found by its letters and by End, and moves a folder of a quarter of them as one change', async () => {
    const { tree, press, at, focused, saved, responder, type } = await open(many());
    expect(rows(tree).length, 200 + 10 + 20 + 20);
    await at('pkg_0');
    await press('End');
    expect(focused(), 'pkg_9/part_3/deep/module_199.py');
    await at('pkg_0');
    await press('F2');
    await type('moved');
    const paths = await saved();
    expect([paths.length, paths.filter((path) => path.startsWith('moved/')).length, responder.seen.filter(({ method }) => method === 'PATCH').length], [200, 20, 1]);
  });

  it('draws again only the rows that are others', async () => {
    const { editor, tree, at, press } = await open(many());
    await at('pkg_5');
    const before = [...tree.shadowRoot!.querySelectorAll('[role=treeitem]')];
    await press('ArrowLeft');
    const after = new Set(tree.shadowRoot!.querySelectorAll('[role=treeitem]'));
    expect([after.size, before.filter((row) => after.has(row)).length], [after.size, after.size]);
    const changes: MutationRecord[] = [];
    const watch = new MutationObserver((records) => changes.push(...records));
    watch.observe(find(tree, 'ul')!, { childList: true, subtree: true, attributes: true, characterData: true });
    typeInto(editor, '#');
    await until(() => find(tree, '.dot'));
    watch.disconnect();
    expect(new Set(changes.map(({ target }) => (target as Element).closest('[role=treeitem]'))).size, 1);
  });
});
