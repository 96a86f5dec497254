import type { FapiCode } from '../src/index.ts';
import { files, open, rows } from './desk.ts';
import { until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, typeInto } from './show.ts';

afterEach(() => {
  document.body.replaceChildren();
  document.documentElement.dir = '';
});

describe('a file that is renamed', () => {
  it('has the stem of what is typed now selected by F2 again, and then all of its name', async () => {
    const { tree, press, at } = await open();
    await at('routers/items.py');
    await press('F2');
    const input = await until(() => find<HTMLInputElement>(tree, 'input'));
    const selected = (): string => input.value.slice(input.selectionStart!, input.selectionEnd!);
    expect(selected(), 'items');
    input.value = 'routers/more/goods_and_more.py';
    input.setSelectionRange(0, 0);
    const again: string[] = [];
    for (let presses = 0; presses < 3; presses++) {
      await press('F2');
      again.push(selected());
    }
    expect(again, ['goods_and_more', 'goods_and_more.py', 'goods_and_more']);
  });

  it('has the field for its name in its row, keeps it by Enter and gives it up by Escape, with the focus on the row', async () => {
    const { tree, press, at, type, saved, focused } = await open();
    await at('routers/items.py');
    await press('F2');
    const row = (): HTMLElement => find(tree, '[data-path="routers/items.py"]')!;
    const input = await until(() => find<HTMLInputElement>(tree, '[role=treeitem] input'));
    expect([row().contains(input), tree.shadowRoot!.activeElement === input, input.value, input.getAttribute('aria-label'), row().textContent!.includes('items.py')], [true, true, 'items.py', 'New name for routers/items.py', false]);
    await hasNoViolations(tree);
    // What is typed into it moves nothing in the tree.
    for (const key of ['ArrowDown', 'Home', 'Delete', 'm', ' ']) await press(key);
    expect([tree.shadowRoot!.activeElement === input, rows(tree).length], [true, 10]);
    input.value = 'goods.py';
    await press('Escape');
    await until(() => focused() === 'routers/items.py');
    await press('F2');
    await type('goods.py');
    await until(() => focused() === 'routers/goods.py');
    expect((await saved()).filter((path) => path.startsWith('routers/')), ['routers/__init__.py', 'routers/deep/a.py', 'routers/goods.py']);
  });

  it('says at its row what is wrong with a name, also where there is little room and from right to left', async () => {
    document.documentElement.dir = 'rtl';
    const tree = Object.assign(document.createElement('fapi-file-tree'), { paths: ['a/b/c/items.py', 'a/b/c/other.py'] });
    tree.style.width = '180px';
    document.body.append(tree);
    await tree.updateComplete;
    tree.reveal('a/b/c/items.py');
    await until(() => (tree.shadowRoot!.activeElement as HTMLElement | null)?.dataset['path'] === 'a/b/c/items.py');
    tree.shadowRoot!.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'F2', bubbles: true, composed: true, cancelable: true }));
    const input = await until(() => find<HTMLInputElement>(tree, '[role=treeitem] input'));
    input.value = 'other.py';
    input.form!.requestSubmit();
    const problem = await until(() => find(tree, '#problem:not([hidden])'));
    const [row, field, said] = [problem.closest('li')!, input, problem].map((one) => one.getBoundingClientRect()) as [DOMRect, DOMRect, DOMRect];
    // The letters go as they are written, from where the page begins.
    expect([getComputedStyle(input).unicodeBidi, getComputedStyle(input).textAlign], ['plaintext', 'right']);
    expect([problem.textContent, input.getAttribute('aria-invalid'), field.left >= row.left, field.right <= row.right, field.width > 80, said.top >= field.bottom, said.bottom <= row.bottom, tree.scrollWidth <= 180], ['A file with this path already exists.', 'true', true, true, true, true, true, true]);
    await hasNoViolations(tree);
  });

  it('keeps a name that can be one when somebody goes on elsewhere, and gives up one that cannot', async () => {
    const { editor, tree, press, at, saved } = await open();
    for (const [typed, wanted] of [['goods.py', 'routers/goods.py'], ['a b.py', 'routers/goods.py']] as const) {
      await at((await saved()).includes('routers/goods.py') ? 'routers/goods.py' : 'routers/items.py');
      await press('F2');
      (await until(() => find<HTMLInputElement>(tree, '[role=treeitem] input'))).value = typed;
      contentOf(editor)!.focus();
      await until(() => !find(tree, '[role=treeitem] input'));
      expect([(await saved()).includes(wanted), document.activeElement === editor], [true, true]);
    }
  });

  it('moves by folders that are named before its name, and from the root by a / before them', async () => {
    const { press, at, type, saved } = await open(files('main.py', 'routers/items.py'));
    await at('routers/items.py');
    await press('F2');
    await type('deep/items.py');
    expect(await saved(), ['main.py', 'routers/deep/items.py']);
    await at('routers/deep/items.py');
    await press('F2');
    await type('/items.py');
    expect(await saved(), ['items.py', 'main.py']);
  });

  it('keeps its tab, the undo of its text, its cursor and its scroll place', async () => {
    const { editor, press, at, type } = await open([{ path: 'main.py', content: 'line = 1\n'.repeat(400) }, ...files('z.py')]);
    const code = codeOf(editor) as FapiCode;
    await editor.open('main.py', 300, 5);
    typeInto(editor, 'TYPED');
    const look = (): (number | string)[] => code.act((view) => [view.state.selection.main.head, view.state.doc.lineAt(view.state.selection.main.head).number, Math.round(view.scrollDOM.scrollTop)])!;
    await until(() => look()[2] !== 0);
    const before = look();
    await at('main.py');
    await press('F2');
    await type('src/app.py');
    await until(() => code.path === 'src/app.py');
    expect([look(), [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.tab .name')].map(({ title }) => title)], [before, ['src/app.py']]);
    await editor.open('z.py');
    await editor.open('src/app.py');
    expect(look().slice(0, 2), before.slice(0, 2));
    contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', keyCode: 90, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    await until(() => !code.value.includes('TYPED'));
  });

  it('is read in the language of its new name, and one that is not shown too', async () => {
    const { editor, press, at, type } = await open([{ path: 'main.txt', content: 'def read(): ...\n' }, { path: 'other.txt', content: 'class A: ...\n' }]);
    await editor.open('other.txt');
    await editor.open('main.txt');
    for (const name of ['main', 'other']) {
      await at(`${name}.txt`);
      await press('F2');
      await type(`${name}.py`);
    }
    const isColoured = (): unknown => contentOf(editor)!.querySelector('.cm-line > span');
    await until(isColoured, 'the shown one');
    await editor.open('other.py');
    await until(() => contentOf(editor)!.textContent!.includes('class') && isColoured(), 'the other one');
  });
});
