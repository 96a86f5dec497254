import { absent } from '../scene.ts';
import type { Row, Shown } from '../scene.ts';
import { hard } from '../states.ts';

const paths = ['main.py', 'routers/__init__.py', 'routers/items.py', 'static/site.css'];
const given = { paths, active: 'main.py', dirty: new Set(['routers/items.py']), marks: new Set(['main.py']), people: new Map([['routers/items.py', 'Ada']]), canUndo: true };
/** As many files as a draft may have. */
const filesMax = 200;
const names = [hard.unbroken, hard.hebrew, hard.emoji];
const renaming = async ({ element, press, seen }: Shown): Promise<HTMLInputElement> => {
  await seen('[role=treeitem]');
  element.shadowRoot!.querySelector<HTMLElement>('[data-path="routers/items.py"]')!.focus();
  await press('button[aria-label="Rename file"]');
  return seen<HTMLInputElement>('li input');
};
const ofEditor = absent('The names of the files come from fapi-editor, which says so before there are any.');
/** The editor says it above the files, which stay as they are. */
const kept = absent('It asks no server: all of it goes on working, and fapi-editor says that nothing is saved meanwhile.');

export const fileTree: Row = {
  states: {
    loading: ofEditor,
    empty: { given: { paths: [] }, shows: '.none', says: 'This app has no files yet.' },
    partial: { given: { ...given, said: { words: ['main.py is there already.'], acts: [], kind: 'problem' } }, shows: '.said' },
    error: { given, shows: '#problem', act: async ({ press, seen }: Shown) => {
      await press('button[aria-label="New file"]');
      const input = await seen<HTMLInputElement>('input');
      input.value = 'main.py';
      input.form!.requestSubmit();
    } },
    offline: kept,
    'signed-out': ofEditor,
    'no-permission': { given: { ...given, readonly: true }, shows: 'header:not(:has([aria-label="New file"]))' },
    'too-much': { given: { paths: Array.from({ length: filesMax }, (_, index) => `${names[index % 3]}/${String(index).padStart(5, '0')}_${names[(index + 1) % 3]}.py`).toSorted(), people: new Map([[`${hard.unbroken}/00000_${hard.hebrew}.py`, 'Ada']]) }, shows: '[role=treeitem]' },
  },
  more: {
    'with marks': { given, shows: '[role=treeitem]' },
    'imports to update': { given: { ...given, said: { words: ['routers/items.py is now api/goods.py.', '2 files still import it by its old name. These lines would change to:'], lists: [{ heading: 'main.py', rows: ['from api.goods import router, make'] }, { heading: `tests/${hard.unbroken}.py`, rows: [`from api import goods as ${hard.unbroken}`] }], acts: [{ word: 'Update imports', run: () => undefined }, { word: 'Undo', run: () => undefined }], kind: 'done' } }, shows: '.said dl' },
    undone: { given: { ...given, said: { words: ['Undone: deleting routers/items.py'], acts: [{ word: 'Also undo renaming routers/goods.py to routers/items.py', run: () => undefined }], kind: 'done' } }, shows: '.said button' },
    'renamed in place': { given, shows: 'li input', act: async (shown: Shown) => void await renaming(shown) },
    'a name that is taken': { given, shows: 'li #problem:not([hidden])', act: async (shown: Shown) => {
      const input = await renaming(shown);
      input.value = '__init__.py';
      input.form!.requestSubmit();
    } },
    'asked for a folder': { given, shows: '.ask', act: ({ press }: Shown) => press('button[aria-label="New file"]') },
  },
};
