import { button, ctrl, files, open } from './desk.ts';
import type { Desk } from './desk.ts';
import { until } from '../scenes/server/responder.ts';
import { codeOf, expect, find, hasNoViolations, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const remove = async ({ at, press }: Desk, path: string): Promise<void> => {
  await at(path);
  await press('Delete');
};
const moreActs = async ({ tree }: Desk): Promise<(string | undefined)[]> => {
  find(tree, '[data-more]')!.click();
  await until(() => find(tree, '.menu [data-act=export]'), 'the menu');
  return [...tree.shadowRoot!.querySelectorAll<HTMLElement>('.menu [data-act]')].map(({ dataset }) => dataset['act']);
};

describe('what is said of files that were changed', () => {
  it('stays until the draft goes on, and what it offered is in the menu then', async () => {
    const desk = await open(files('a.py', 'lib.py', 'main.py'));
    await remove(desk, 'lib.py');
    expect(await desk.saved(), ['a.py', 'main.py']);
    expect(desk.said(), 'lib.py was deleted. Undo');
    typeInto(desk.editor, 'x');
    await until(() => desk.said() === '', 'nothing said');
    expect((await moreActs(desk)).includes('undo'), true);
    await desk.at('main.py');
    await desk.press('z', ctrl);
    expect([desk.said(), await desk.saved()], ['Undone: deleting lib.py', ['a.py', 'lib.py', 'main.py']]);
  });

  it('goes when what it would undo is another by now, such as a new file that was written into', async () => {
    const desk = await open(files('main.py'));
    await desk.at('main.py');
    find(desk.tree, 'button[aria-label="New file"]')!.click();
    await desk.type('notes.py');
    await until(() => codeOf(desk.editor)?.path === 'notes.py');
    expect(desk.said(), 'notes.py was added. Undo');
    typeInto(desk.editor, 'mine');
    await until(() => desk.said() === '', 'nothing said');
  });

  it('has the button that hides it beside its first line, however narrow the files are and whether anything can be done', async () => {
    const desk = await open(files('lib.py', 'main.py'));
    desk.editor.arrange({ filesWidth: 160 });
    const isBeside = (): boolean => {
      const [hide, words] = ['.said [data-hide]', '.said > p'].map((part) => find(desk.tree, part)!.getBoundingClientRect()) as [DOMRect, DOMRect];
      return hide.top < words.top + 4 && hide.left >= words.right;
    };
    await remove(desk, 'lib.py');
    expect([desk.said(), isBeside()], ['lib.py was deleted. Undo', true]);
    await desk.press('z', ctrl);
    await until(() => desk.said() === 'Undone: deleting lib.py');
    expect(isBeside(), true);
  });

  it('does not go from under the focus', async () => {
    const desk = await open(files('lib.py', 'main.py'));
    await remove(desk, 'lib.py');
    const undo = button(desk.tree, 'Undo')!;
    undo.focus();
    desk.responder.saveElsewhere([{ path: 'main.py', content: 'theirs\n' }]);
    await until(() => codeOf(desk.editor)?.value === 'theirs\n', 'what the other one has saved');
    await desk.tree.updateComplete;
    await new Promise((resolve) => setTimeout(resolve));
    expect([desk.said(), desk.tree.shadowRoot!.activeElement === undo], ['lib.py was deleted. Undo', true]);
    await desk.at('main.py');
    await until(() => desk.said() === '', 'nothing said');
  });

  it('offers imports to update as long as the move is there', async () => {
    const desk = await open([{ path: 'items.py', content: 'x = 1\n' }, { path: 'main.py', content: 'import items\n' }]);
    await desk.editor.open('items.py');
    await desk.at('items.py');
    await desk.press('F2');
    await desk.type('goods.py');
    await until(() => desk.said().includes('Update imports'), 'the offer');
    typeInto(desk.editor, '#');
    expect(await desk.saved(), ['goods.py', 'main.py']);
    expect(desk.said().includes('Update imports'), true);
    await remove(desk, 'goods.py');
    expect(desk.said(), 'goods.py was deleted. Undo');
  });
});

describe('what was undone', () => {
  it('is named, as is what could be undone next', async () => {
    const desk = await open(files('a.py', 'lib.py', 'main.py'));
    await desk.at('a.py');
    await desk.press('F2');
    await desk.type('b.py');
    await remove(desk, 'lib.py');
    button(desk.tree, 'Undo')!.click();
    await until(() => desk.said() === 'Undone: deleting lib.py Also undo renaming a.py to b.py', 'what was undone');
    await hasNoViolations(desk.tree);
    button(desk.tree, 'Also undo renaming a.py to b.py')!.click();
    await until(() => desk.said() === 'Undone: renaming a.py to b.py', 'what was undone then');
  });

  it('is said for a while, and the focus of whoever undid it is back in the tree', async () => {
    const desk = await open(files('lib.py', 'main.py'));
    desk.tree.saidMs = 200;
    await remove(desk, 'lib.py');
    const undo = button(desk.tree, 'Undo')!;
    undo.focus();
    undo.click();
    await until(() => desk.said() === 'Undone: deleting lib.py', 'what was undone');
    await until(() => desk.focused() !== undefined, 'the focus in the tree');
    await until(() => desk.said() === '', 'nothing said');
  });

  it('stays as long as somebody is at it', async () => {
    const desk = await open(files('a.py', 'lib.py', 'main.py'));
    desk.tree.saidMs = 0;
    await remove(desk, 'a.py');
    await remove(desk, 'lib.py');
    const undo = button(desk.tree, 'Undo')!;
    undo.focus();
    undo.click();
    const also = await until(() => button(desk.tree, 'Also undo deleting a.py'), 'what could be undone next');
    expect(desk.tree.shadowRoot!.activeElement === also, true);
    await new Promise((resolve) => setTimeout(resolve));
    expect(desk.said(), 'Undone: deleting lib.py Also undo deleting a.py');
    await desk.at('main.py');
    await until(() => desk.said() === '', 'nothing said');
  });
});
