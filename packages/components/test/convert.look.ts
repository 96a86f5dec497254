import type { FapiConvert, FapiEditor } from '../src/index.ts';
import { itBrokeNoPolicy, look, open as openShown } from './look.ts';
import { makeResponder, type Responder, until } from './responder.ts';
import { contentOf, find, hasNoViolations } from './show.ts';

afterEach(() => document.body.replaceChildren());
const long = 'w'.repeat(300);
const files = [{ path: 'main.py', content: `app = 1\nlong = "${long}"\n` }];
const proposal = { routes: 2, kept: [{ name: 'y', line: 1, reason: `It uses \`app\` itself. ${'long '.repeat(40)}` }], files: [{ path: 'main.py', content: 'app = 2\n' }, { path: 'routers/__init__.py', content: '' }, { path: 'routers/items.py', content: `items = "${long}"\n` }] };

async function convert(conversion: Responder['conversion']): Promise<{ editor: FapiEditor; view: FapiConvert; responder: Responder }> {
  const responder = makeResponder(files);
  responder.conversion = conversion;
  const editor = await openShown('fapi-editor', responder) as FapiEditor;
  await until(() => contentOf(editor));
  await editor.convertToMultiFile();
  return { editor, view: await until(() => find<FapiConvert>(editor, 'fapi-convert')), responder };
}

describe(`in the look "${look}"`, () => {
  it('fapi-convert has no axe violation while it waits, and with a proposal', async () => {
    let propose = (): void => undefined;
    const { view } = await convert(new Promise((resolve) => { propose = () => resolve(proposal); }));
    await until(() => find(view, '.busy'));
    await hasNoViolations(view);
    propose();
    await until(() => find(view, '[data-apply]'));
    await hasNoViolations(view);
  });

  it('fapi-convert has no axe violation with a proposal of other files, nor has the editor once it is taken', async () => {
    const { editor, view, responder } = await convert(Promise.resolve(proposal));
    await until(() => find(view, '[data-apply]'));
    responder.saveElsewhere([...files, { path: 'more.py', content: '' }]);
    (await until(() => find(view, '[data-again]'))).focus();
    await hasNoViolations(view);
    find(view, '[data-again]')!.click();
    (await until(() => find(view, '[data-apply]'))).click();
    await until(() => find(editor, '.bar.converted'));
    await hasNoViolations(editor);
  });

  for (const [name, conversion] of [['it is refused', [{ path: 'draft.main.py', line: 1, message: 'It cannot be told.' }]], ['it fails', undefined]] as const) {
    it(`fapi-convert has no axe violation when ${name}`, async () => {
      const { view } = await convert(conversion && Promise.resolve([...conversion]));
      await until(() => find(view, '.refused'));
      await hasNoViolations(view);
    });
  }

  itBrokeNoPolicy();
});
