import type { FapiConvert, FapiEditor } from '../src/index.ts';
import { listFileChanges } from '../src/elements/convert/changes.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, show, text, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const main = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/x")\ndef x(): ...\n\n\n@app.get("/y")\ndef y(): return app\n';
const files = [{ path: 'lib.py', content: 'lib = 1\n' }, { path: 'main.py', content: main }];
const proposal = {
  routes: 1, kept: [{ name: 'y', line: 11, reason: 'It uses `app` itself.' }],
  files: [{ path: 'routers/__init__.py', content: '' }, { path: 'routers/x.py', content: 'router = APIRouter()\n' }, { path: 'main.py', content: main.replace('\n\n@app.get("/x")\ndef x(): ...\n', '\napp.include_router(x_router)\n') }],
};

const converting = `/v1/apps/${appId}/convert`;

async function open(conversion: Responder['conversion'] = Promise.resolve(proposal), refusal?: string): Promise<{ editor: FapiEditor; view: FapiConvert; responder: Responder }> {
  const responder = makeResponder(files);
  responder.conversion = conversion;
  if (refusal) responder.refuse(converting, 503, refusal);
  const editor = show<FapiEditor>('fapi-editor', responder);
  await until(() => contentOf(editor), 'the code editor');
  expect(await editor.convertToMultiFile(), true);
  const view = await until(() => find<FapiConvert>(editor, 'fapi-convert'), 'the view');
  return { editor, view, responder };
}
const press = (view: FapiConvert, key: string): void => void (view.shadowRoot!.activeElement ?? view).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }));
const paths = ({ draft }: Responder): string[] => draft.files.map(({ path }) => path);
const reasons = (view: FapiConvert): string[] => [...view.shadowRoot!.querySelectorAll('.reason')].map((one) => one.textContent!.replaceAll(/\s+/g, ' ').trim());

describe('fapi-convert', () => {
  it('shows every file with its lines and what stays, changes nothing, and closes with Escape', async () => {
    const { editor, view, responder } = await open();
    await until(() => find(view, '[data-apply]'), 'the proposal');
    await until(() => view.shadowRoot!.activeElement?.id === 'title', 'the heading has the focus');
    await hasNoViolations(view);
    expect([...view.shadowRoot!.querySelectorAll('nav .mono:not(.mark)')].map((one) => one.textContent), ['main.py', 'routers/__init__.py', 'routers/x.py']);
    expect(text(view).includes('Moves 1 route into 2 new files. The API stays the same'), true);
    expect([...find(view, '.file')!.querySelectorAll('.line:not([data-kind=same])')].map((line) => `${line.querySelector('.sign')!.textContent}${line.querySelector('.text')!.textContent}`), ['−', '−@app.get("/x")', '−def x(): ...', '+app.include_router(x_router)']);
    expect(reasons(view), ['main.py:11 y: It uses `app` itself.']);
    press(view, 'Escape');
    await until(() => !find(editor, 'fapi-convert') && codeOf(editor)?.closest<HTMLElement>('.body')?.hidden === false, 'the files again');
    expect([editor.isDirty, paths(responder)], [false, ['lib.py', 'main.py']]);
  });

  it('takes the proposal as one change, and takes it back with one button', async () => {
    const { editor, view, responder } = await open();
    (await until(() => find(view, '[data-apply]'))).click();
    await until(() => responder.draft.version === 2 && find(editor, '.bar.converted'), 'saved, and said');
    expect(paths(responder), ['lib.py', 'main.py', 'routers/__init__.py', 'routers/x.py']);
    expect(responder.seen.filter(({ method }) => method === 'PATCH').length, 1);
    await hasNoViolations(editor);
    find(editor, '[data-undo-convert]')!.click();
    await until(() => responder.draft.version === 3 && !find(editor, '.bar.converted'), 'taken back');
    expect(responder.draft.files, files);
  });

  it('offers no way back over what was typed since', async () => {
    const { editor, view } = await open();
    (await until(() => find(view, '[data-apply]'))).click();
    await until(() => find(editor, '[data-undo-convert]'));
    await editor.open('main.py', 1);
    typeInto(editor, '# mine');
    await until(() => !find(editor, '[data-undo-convert]') && find(editor, '.converted')?.textContent?.includes('changed since'), 'no way back');
  });

  it('says that the files have changed since it was made, and makes it anew', async () => {
    const { editor, view, responder } = await open();
    await until(() => find(view, '[data-apply]'));
    responder.saveElsewhere([...files, { path: 'zoo.py', content: '' }]);
    (await until(() => find(view, '[data-again]'), 'outdated')).click();
    await hasNoViolations(view);
    await until(() => find(find(editor, 'fapi-convert')!, '[data-apply]'), 'the new proposal');
    expect(responder.seen.filter(({ path }) => path.endsWith('/convert')).length, 2);
  });

  it('waits, and is left while it waits', async () => {
    const { editor, view } = await open(new Promise(() => undefined));
    await until(() => text(view).includes('importing the app'));
    await hasNoViolations(view);
    find(view, '[data-close]')!.click();
    await until(() => !find(editor, 'fapi-convert'));
  });

  it('says why it cannot be done, and each reason leads to its line', async () => {
    const { editor, view } = await open(Promise.resolve([{ path: 'draft.main.py', line: 3, message: '`app` is made twice.' }, { path: 'draft.lib.py', line: 1, message: 'It takes everything.' }]));
    await until(() => find(view, '.refused'));
    await hasNoViolations(view);
    expect(reasons(view), ['main.py:3 `app` is made twice.', 'lib.py:1 It takes everything.']);
    find(view, '.reason')!.click();
    await until(() => !find(editor, 'fapi-convert') && find(codeOf(editor)!, '.cm-activeLine')?.textContent === 'app = FastAPI()', 'the line');
  });

  it('says what else went wrong, and tries again', async () => {
    const { editor, view, responder } = await open(undefined, 'workbench_busy');
    await until(() => find(view, '.refused [part=error]'), 'the error');
    await hasNoViolations(view);
    responder.accept(converting);
    find(view, '.refused .actions > button')!.click();
    await until(() => find(find(editor, 'fapi-convert')!, '[data-apply]'), 'the proposal');
  });

  it('is not for those who only read, and is offered beside the routes to others', async () => {
    const responder = makeResponder(files);
    responder.conversion = Promise.resolve(proposal);
    responder.dryImport = { prepared: true, routes: [{ method: 'GET', path: '/x' }, { method: 'GET', path: '/y' }], sideEffects: [], durationMs: 1 };
    const editor = show<FapiEditor>('fapi-editor', responder);
    const button = await until(() => find(editor, '[data-convert]'), 'the button');
    editor.readonly = true;
    await until(() => !find(editor, '[data-convert]'));
    expect(await editor.convertToMultiFile(), false);
    editor.readonly = false;
    (await until(() => find(editor, '[data-convert]'))).click();
    await until(() => find(editor, 'fapi-convert'));
    expect(button.getAttribute('aria-label'), 'Convert to multiple files…');
    await until(() => responder.seen.some(({ path }) => path === converting), 'the question');
  });

  it('is offered once a check has seen what there is to move', async () => {
    const responder = makeResponder([{ path: 'main.py', content: 'app = FastAPI()\n\n\n@app.get("/x")\ndef x(): ...\n' }]);
    responder.dryImport = { prepared: true, routes: [{ method: 'GET', path: '/x' }], sideEffects: [], durationMs: 1 };
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => find(editor, '.route') && contentOf(editor), 'the route');
    expect(find(editor, '[data-convert]'), null);
    responder.dryImport = { ...responder.dryImport, routes: [...responder.dryImport.routes, { method: 'GET', path: '/y' }] };
    typeInto(editor, '@app.get("/y")\ndef y(): ...\n');
    await until(() => find(editor, '[data-convert]'), 'the button');
  });

  it('counts and cuts what differs as a patch', () => {
    const before = Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join('');
    const after = before.replace('line 2\n', 'two\n').replace('line 25\n', '').concat('end');
    const [change] = listFileChanges([{ path: 'a.py', content: before }], [{ path: 'a.py', content: after }]);
    expect([change!.change, change!.addedLines, change!.removedLines], ['changed', 2, 2]);
    expect(change!.patch!.split('\n').filter((line) => /^[@+-]/.test(line)), ['@@ -1 +1 @@', '-line 2', '+two', '@@ -23 +23 @@', '-line 25', '+end']);
  });
});
