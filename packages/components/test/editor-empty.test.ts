import type { FapiEditor } from '../src/index.ts';
import { makeResponder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const tree = (editor: FapiEditor) => find(editor, 'fapi-file-tree')!;

describe('fapi-editor without a file', () => {
  const add = (editor: FapiEditor) => find(editor, '[data-add-file]');

  it('says so where the code and the list would be, and leads to the first one, in the list where it is asked for', async () => {
    const responder = makeResponder([]);
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => add(editor), 'the next action');
    expect([text(editor).includes('This app has no files yet.'), find(tree(editor), '.none')!.textContent], [true, 'This app has no files yet.']);
    editor.arrange({ areFilesShown: false });
    await editor.findInProject();
    add(editor)!.click();
    const field = await until(() => find<HTMLInputElement>(tree(editor), 'input[name=path]'), 'the field');
    await until(() => tree(editor).shadowRoot!.activeElement === field && field.checkVisibility(), 'the cursor in it');
    field.value = 'main.py';
    field.form!.requestSubmit();
    await until(() => contentOf(editor), 'its code');
    expect([add(editor), find(tree(editor), '.none')], [null, null]);
  });

  it('offers a reader no act', async () => {
    const editor = show<FapiEditor>('fapi-editor', makeResponder([]));
    editor.readonly = true;
    await until(() => text(editor).includes('This app has no files yet.'), 'why');
    expect(add(editor), null);
  });
});
