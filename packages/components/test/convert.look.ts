import type { FapiEditor } from '../src/index.ts';
import { look, openShown, useStrictPolicy } from './look.ts';
import { makeResponder, until } from './responder.ts';
import { contentOf, expect, find, hasNoViolations } from './show.ts';

afterEach(() => document.body.replaceChildren());
const violations = useStrictPolicy();

describe(`in the look "${look}"`, () => {
  it('fapi-editor has no axe violation while it is converted: busy, proposed, outdated, applied, refused and failed', async () => {
    const files = [{ path: 'main.py', content: `app = 1\nlong = "${'w'.repeat(300)}"\n` }];
    const proposal = { routes: 2, kept: [{ name: 'y', line: 1, reason: `It uses \`app\` itself. ${'long '.repeat(40)}` }], files: [{ path: 'main.py', content: 'app = 2\n' }, { path: 'routers/__init__.py', content: '' }, { path: 'routers/items.py', content: `items = "${'w'.repeat(300)}"\n` }] };
    const responder = makeResponder(files);
    let propose = (): void => undefined;
    responder.conversion = new Promise((resolve) => { propose = () => resolve(proposal); });
    const editor = await openShown('fapi-editor', responder) as FapiEditor;
    await until(() => contentOf(editor));
    await editor.convertToMultiFile();
    const view = await until(() => find(editor, 'fapi-convert'));
    await until(() => find(view, '.busy'));
    await hasNoViolations(editor);
    propose();
    await until(() => find(view, '[data-apply]'));
    await hasNoViolations(editor);
    responder.saveElsewhere([...files, { path: 'more.py', content: '' }]);
    await until(() => find(view, '[data-again]'));
    await hasNoViolations(editor);
    find(view, '[data-again]')!.click();
    (await until(() => find(view, '[data-apply]'))).click();
    await until(() => find(editor, '.bar.converted'));
    await hasNoViolations(editor);
    for (const conversion of [Promise.resolve([{ path: 'draft.main.py', line: 1, message: 'It cannot be told.' }]), undefined]) {
      responder.conversion = conversion;
      await editor.convertToMultiFile();
      const refused = await until(() => find(editor, 'fapi-convert'));
      await until(() => find(refused, '.refused'));
      await hasNoViolations(editor);
      find(refused, '[data-close]')!.click();
      await until(() => !find(editor, 'fapi-convert'));
    }
  });

  it('nothing of it is against a strict policy', () => expect(violations, []));
});
