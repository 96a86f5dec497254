import type { AppFile } from '@fapi/sdk/contract';
import { until } from '../scenes/server/responder.ts';
import { button, ctrl, open } from './desk.ts';
import { contentOf, expect, find, hasNoViolations, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const draft = (files: Record<string, string>): AppFile[] => Object.entries(files).map(([path, content]) => ({ path, content }));
const update = 'Update imports';

const sorted = (files: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Moves a file or folder by F2, from the root, and takes what is offered. */
async function moved(files: Record<string, string>, from: string, to: string): Promise<Record<string, string>> {
  const desk = await open(draft(files));
  await desk.at(from);
  await desk.press('F2');
  await desk.type(`/${to}`);
  (await until(() => button(desk.tree, update), update)).click();
  await desk.saved();
  document.body.replaceChildren();
  return sorted(Object.fromEntries(desk.responder.draft.files.map(({ path, content }) => [path, content])));
}

describe('the imports of a file that is moved', () => {
  const files = { 'main.py': 'from routers.items import router, make  # theirs\n\napp.include_router(router)\n', 'routers/__init__.py': '', 'routers/items.py': 'router = make = 1\n', 'tests/test_items.py': 'from routers import items\n\nitems.make()\n' };

  it('are offered with the lines as they become, updated as one act, and taken back as one', async () => {
    const { editor, tree, at, press, type, said, saved, responder } = await open(draft(files));
    await at('routers/items.py');
    await press('F2');
    await type('/api/goods.py');
    await until(() => button(tree, update), update);
    expect(said(), 'routers/items.py is now api/goods.py. 2 files still import it by its old name. These lines would change to: Update imports Undo');
    expect([...find(tree, '.said dl')!.querySelectorAll('dt, dd')].map(({ textContent }) => textContent), ['main.py', 'from api.goods import router, make  # theirs', 'tests/test_items.py', 'from api import goods as items']);
    await hasNoViolations(tree);
    expect(responder.draft.files, draft(files));
    button(tree, update)!.click();
    await until(() => said() === 'The imports in 2 files were updated. Undo', 'what was done');
    await until(() => contentOf(editor)?.textContent?.includes('from api.goods import'), 'the text');
    await saved();
    expect(responder.draft.files.find(({ path }) => path === 'tests/test_items.py')?.content, 'from api import goods as items\n\nitems.make()\n');
    await at('api/goods.py');
    await press('z', ctrl);
    await saved();
    expect(responder.draft.files.map(({ path, content }) => [path, content]).find(([path]) => path === 'main.py'), ['main.py', files['main.py']]);
    await press('z', ctrl);
    await saved();
    expect(responder.draft.files, draft(files));
  });

  it('are left alone, and nothing is asked, where nobody imports it', async () => {
    const { at, press, type, said, saved } = await open(draft({ 'main.py': '"""from lonely import x"""\n# import lonely\n', 'lonely.py': 'x = 1\n' }));
    await at('lonely.py');
    await press('F2');
    await type('alone.py');
    await saved();
    await import('../src/elements/editor/imports/offer-imports.ts');
    expect(said(), 'lonely.py is now alone.py. Undo');
  });

  it('are those of now when somebody types before they are updated', async () => {
    const { editor, tree, at, press, type, saved, responder } = await open(draft({ 'main.py': 'import helper\n', 'helper.py': '' }));
    await at('helper.py');
    await press('F2');
    await type('lib/helper.py');
    await until(() => button(tree, update), update);
    typeInto(editor, '# typed\n');
    await until(() => editor.isDirty);
    button(tree, update)!.click();
    await saved();
    expect(responder.draft.files.find(({ path }) => path === 'main.py')?.content, '# typed\nimport lib.helper as helper\n');
  });

  it('are found in every form in which Python has them', async () => {
    const forms = {
      'main.py': 'import os, a.deep.items, a.deep.items as it; from a.deep.items import (\n    x,  # one\n    y as z,\n)\nfrom a.deep import items, other\nfrom a.deep import (  # keep\n    other,\n    items as goods,\n)\ntext = "a.deep.items"\nprint(a.deep.items.x, b.a.deep.items)  # a.deep.items\nif x: from a.deep.items import *\n',
      'a/__init__.py': '', 'a/deep/__init__.py': '', 'a/deep/items.py': 'from . import other\nfrom .other import y\nfrom .. import top\n', 'a/deep/other.py': 'from .items import x\nfrom . import items\n', 'a/top.py': '',
    };
    expect(await moved(forms, 'a/deep/items.py', 'b/things.py'), sorted({
      ...Object.fromEntries(Object.entries(forms).filter(([path]) => path !== 'a/deep/items.py')),
      'main.py': 'import os, b.things, b.things as it; from b.things import (\n    x,  # one\n    y as z,\n)\nfrom b import things as items\nfrom a.deep import other\nfrom b import things as goods\nfrom a.deep import (  # keep\n    other,\n)\ntext = "a.deep.items"\nprint(b.things.x, b.a.deep.items)  # a.deep.items\nif x: from b.things import *\n',
      'a/deep/other.py': 'from b.things import x\nfrom b import things as items\n',
      'b/things.py': 'from a.deep import other\nfrom a.deep.other import y\nfrom a import top\n',
    }));
    expect(await moved({ 'main.py': 'from routers import items, users\nimport routers.items\n', 'routers/items.py': 'from .users import a\n', 'routers/users.py': '' }, 'routers', 'api'), sorted({ 'main.py': 'from api import items, users\nimport api.items\n', 'api/items.py': 'from .users import a\n', 'api/users.py': '' }));
    expect(await moved({ 'main.py': 'import a.b\nimport a.b.c\nprint(a.b.c.f(), a.b.g())\n', 'a/b/__init__.py': '', 'a/b/c.py': '' }, 'a', 'x'), sorted({ 'main.py': 'import x.b\nimport x.b.c\nprint(x.b.c.f(), x.b.g())\n', 'x/b/__init__.py': '', 'x/b/c.py': '' }));
    // Of blanks there is one way to be read.
    expect(await moved({ 'main.py': `from #${'x'.repeat(20_000)}\nimport helper as h\n`, 'helper.py': '' }, 'helper.py', 'lib/helper.py'), sorted({ 'main.py': `from #${'x'.repeat(20_000)}\nimport lib.helper as h\n`, 'lib/helper.py': '' }));
    expect(await moved({ 'main.py': 'from lib import tools, more\n', 'lib/__init__.py': '', 'lib/more.py': '', 'lib/tools.py': 'from . import more\n' }, 'lib/tools.py', 'tools.py'), sorted({ 'main.py': 'import tools\nfrom lib import more\n', 'lib/__init__.py': '', 'lib/more.py': '', 'tools.py': 'from lib import more\n' }));
  });
});
