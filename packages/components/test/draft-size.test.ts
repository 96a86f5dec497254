import type { FapiEditor } from '../src/index.ts';
import { appId, makeResponder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hasNoViolations, show, text, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const sizes = (editor: Element): string[] => [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.size p')].map((row) => row.innerText.trim());

describe('how much of a draft is used', () => {
  it('is not said while the limits are far away', async () => {
    const editor = show<FapiEditor>('fapi-editor', makeResponder([{ path: 'main.py', content: 'x'.repeat(1_000_000) }]));
    await until(() => find(editor, 'fapi-file-tree'));
    expect(sizes(editor), []);
  });

  it('is said near them, in bytes as the server counts, and grows with each key', async () => {
    // Four bytes and two units each; and three bytes and one unit.
    const editor = show<FapiEditor>('fapi-editor', makeResponder([{ path: 'main.py', content: '' }, { path: 'a.txt', content: '\u{1F600}'.repeat(500_000) }, { path: 'b.txt', content: '語'.repeat(700_000) }])) as FapiEditor;
    editor.autosave = 'off';
    await until(() => contentOf(editor) && sizes(editor).length > 0);
    expect(sizes(editor), ['4,100,000 of 5,000,000 bytes']);
    await hasNoViolations(editor);
    typeInto(editor, 'é');
    await until(() => sizes(editor)[0] === '4,100,002 of 5,000,000 bytes');
  });

  it('is said of files, and when it is too much', async () => {
    const editor = show<FapiEditor>('fapi-editor', makeResponder(Array.from({ length: 201 }, (_, index) => ({ path: `f${index}.py`, content: '' }))));
    await until(() => sizes(editor)[0] === '201 of 200 files');
    expect(find(editor, '.size p')!.dataset['status'], 'failed');
  });

  it('is said with the limit by a refusal', async () => {
    const responder = makeResponder([{ path: 'main.py', content: '' }]);
    const editor = show<FapiEditor>('fapi-editor', responder);
    editor.autosave = 'off';
    await until(() => contentOf(editor));
    responder.refuse(`PATCH /v1/apps/${appId}/draft`, 422, 'draft_too_large', [{ path: '/put', message: 'too many files', used: 201, limit: 200 }, { path: '/put', message: 'too many bytes of UTF-8', used: 5_000_001, limit: 5_000_000 }]);
    typeInto(editor, 'x');
    await until(() => editor.isDirty);
    await editor.save();
    await until(() => text(editor).includes('It has 201 files; the limit is 200. Remove some. It has 5,000,001 bytes; the limit is 5,000,000.'));
  });
});
