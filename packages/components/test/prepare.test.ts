import type { DryImport, Finding, TestRun } from '@fapi/sdk/contract';
import type { FapiEditor } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, show, text, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const routes = [{ method: 'GET', path: '/' }, { method: 'POST', path: '/items/{item_id}' }];
const prepared: DryImport = { prepared: true, routes, sideEffects: [], durationMs: 1 };
const error: Finding = { code: 'SYN001', severity: 'error', source: 'syntax', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, message: 'invalid syntax' };
const source = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\nasync def read():\n    return {}\n';

async function open(change: Partial<Pick<Responder, 'dryImport' | 'findings' | 'testRun'>>, files = [{ path: 'main.py', content: source }]): Promise<{ editor: FapiEditor; responder: Responder }> {
  const responder = Object.assign(makeResponder(files), change);
  const editor = show<FapiEditor>('fapi-editor', responder);
  await until(() => contentOf(editor) && !text(editor).includes('Checking'), 'the code editor');
  return { editor, responder };
}
const mark = (editor: FapiEditor): string | undefined => find(editor, '.readiness')?.dataset['state'];
const outline = (editor: FapiEditor): string[] => [...editor.shadowRoot!.querySelectorAll('.route')].map((route) => route.textContent!.replace(/\s+/g, ' ').trim());

describe('the routes of a draft that could never be imported', () => {
  it('are not said to be none', async () => {
    const { editor, responder } = await open({ findings: [error] });
    await until(() => text(editor).includes('invalid syntax'));
    expect([text(editor).includes('Unknown while the draft cannot be imported'), text(editor).includes('No routes yet')], [true, false]);
    Object.assign(responder, { findings: [], dryImport: { ...prepared, routes: [] } });
    typeInto(editor, '#');
    await until(() => text(editor).includes('No routes yet'));
  });
});

describe('the button of fapi-editor that says how fast it went live', () => {
  it('is the deploy button again after a moment, though nothing was changed', async () => {
    const { editor, responder } = await open({ dryImport: prepared });
    const deployment = await editor.deploy();
    responder.send({ type: 'deployment', id: '', appId, deployment: { ...deployment!, status: 'live', liveAt: deployment!.createdAt } });
    await until(() => find(editor, '.deploy.done'));
    await until(() => find(editor, '.deploy.primary')?.textContent === 'Deploy' && mark(editor) === 'prepared', 'the button is back');
  });
});

describe('the readiness of fapi-editor', () => {
  it('says beside Deploy that the draft is ready, on its way while somebody types, and ready again', async () => {
    const { editor } = await open({ dryImport: prepared });
    await until(() => mark(editor) === 'prepared');
    expect(find(editor, '.readiness')!.textContent!.trim(), 'Ready');
    expect(find(editor, '.deploy')!.title, 'Deploy (Ctrl+Enter). Already imported, so a deploy only has to switch over.');
    await hasNoViolations(editor);
    const places = (): number[] => ['.save', '.deploy'].map((selector) => find(editor, selector)!.getBoundingClientRect().left);
    const before = places();
    typeInto(editor, '#');
    await until(() => mark(editor) === 'preparing');
    expect(places(), before);
    await until(() => mark(editor) === 'prepared');
  });

  it('is read out once, and not again for each pause in typing', async () => {
    const { editor } = await open({ dryImport: prepared });
    await until(() => mark(editor) === 'prepared');
    const status = find(editor, '.facts > .visually-hidden[role=status]')!;
    const said: string[] = [];
    new MutationObserver(() => said.push(status.textContent!)).observe(status, { childList: true, characterData: true, subtree: true });
    for (let pause = 0; pause < 3; pause++) {
      typeInto(editor, '#');
      await until(() => mark(editor) === 'preparing');
      await until(() => mark(editor) === 'prepared');
    }
    expect([status.textContent, said], ['Ready', []]);
  });

  it('says in our words, with the place, why it is prepared on deploy only', async () => {
    const { editor, responder } = await open({ dryImport: { ...prepared, prepared: false, reason: 'It connects to db:5432.', sideEffects: [{ kind: 'connect', detail: 'db:5432', file: 'main.py', line: 3 }] } });
    await until(() => mark(editor) === 'unprepared');
    expect(find(editor, '.readiness')!.title, 'Prepared on deploy: it opens a connection during import (main.py:3).');
    responder.dryImport = { ...prepared, prepared: false, reason: 'It reads files.' };
    typeInto(editor, '#');
    await until(() => find(editor, '.readiness')?.title === 'Prepared on deploy: importing it needs the files in its folder.');
    await hasNoViolations(editor);
  });

  it('is not there while the draft has errors, while a deploy runs, and for somebody who may only read', async () => {
    const { editor, responder } = await open({ dryImport: prepared });
    await until(() => mark(editor) === 'prepared');
    Object.assign(responder, { findings: [error], dryImport: undefined });
    typeInto(editor, '#');
    await until(() => find(editor, '.finding') && mark(editor) === undefined);
    Object.assign(responder, { findings: [], dryImport: prepared });
    typeInto(editor, '#');
    await until(() => mark(editor) === 'prepared');
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ status: 'preparing' }) });
    await until(() => find(editor, '.deploy.stages') && mark(editor) === undefined);
    const reader = await open({});
    await until(() => text(reader.editor).includes('No problems'));
    expect(mark(reader.editor) ?? null, null);
  });
});

describe('the routes of fapi-editor', () => {
  it('are listed with method and path, and one that is found opens its handler', async () => {
    const { editor } = await open({ dryImport: prepared });
    await until(() => outline(editor).length === 2);
    expect(outline(editor), ['GET /', 'POST /items/{item_id}']);
    await hasNoViolations(editor);
    expect([...editor.shadowRoot!.querySelectorAll('.route')].map(({ tagName }) => tagName), ['BUTTON', 'SPAN']);
    find(editor, 'button.route')!.click();
    await until(() => codeOf(editor)?.shadowRoot?.querySelector('.cm-activeLine')?.textContent === 'async def read():');
  });

  it('lead to where the handler is now, when lines above it were typed since', async () => {
    const { editor, responder } = await open({ dryImport: prepared });
    await until(() => outline(editor).length === 2);
    responder.refuse(`/v1/apps/${appId}/draft/validate`, 503, 'no_runner');
    typeInto(editor, '# one\n# two\n');
    await until(() => editor.isDirty, 'the lines in the draft');
    find(editor, 'button.route')!.click();
    await until(() => codeOf(editor)?.shadowRoot?.querySelector('.cm-activeLine')?.textContent === 'async def read():');
  });

  it('stay, and say since when, while the text is broken', async () => {
    const { editor, responder } = await open({ dryImport: prepared });
    await until(() => outline(editor).length === 2);
    Object.assign(responder, { findings: [error], dryImport: undefined });
    typeInto(editor, '(');
    await until(() => find(editor, '.routes[data-kept]'));
    expect(outline(editor).length, 2);
    await until(() => text(editor).includes('From the last version without errors'));
    await hasNoViolations(editor);
  });

  it('say that there are none yet, and fold away', async () => {
    const { editor } = await open({ dryImport: { ...prepared, routes: [] } });
    await until(() => text(editor).includes('No routes yet'));
    const head = find(editor, '.routes-head')!;
    expect(head.getAttribute('aria-expanded'), 'true');
    head.click();
    await until(() => !text(editor).includes('No routes yet') && head.getAttribute('aria-expanded') === 'false');
  });

  it('are under the files at 360 px', async () => {
    const { editor } = await open({ dryImport: prepared });
    editor.style.width = '360px';
    await until(() => outline(editor).length === 2);
    [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.switch button')].find((button) => button.textContent === 'Files')!.click();
    const box = await until(() => { const rect = find(editor, '.route')!.getBoundingClientRect(); return rect.height > 0 && rect; });
    expect(box.right <= editor.getBoundingClientRect().right && box.height >= 24, true);
    await hasNoViolations(editor);
    find(editor, 'button.route')!.click();
    await until(() => find(editor, '.body')!.dataset['pane'] === 'code');
  });
});

describe('the findings of fapi-editor', () => {
  const fixable: Finding = {
    ...error, code: 'RUF-F401', severity: 'warning', source: 'ruff', message: 'os is not used', start: { line: 1, column: 1 }, end: { line: 1, column: 10 },
    fixes: [{ title: 'Remove the import', applicability: 'safe', edits: [{ file: 'main.py', start: { line: 1, column: 1 }, end: { line: 2, column: 1 }, text: '' }, { file: 'lib.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, text: 'y' }] }],
  };
  const files = [{ path: 'lib.py', content: 'x = 1\n' }, { path: 'main.py', content: 'import os\napp = 1\n' }];
  const contentOfFile = (editor: FapiEditor): string => contentOf(editor)!.innerText.trim();

  it('have the severity of each at their line, and are counted by it', async () => {
    const { editor } = await open({ findings: (['error', 'warning', 'info', 'hint'] as const).map((severity, index) => ({ ...error, severity, message: severity, hint: 'What to do.', start: { line: index + 1, column: 1 }, end: { line: index + 1, column: 1 } })) });
    await until(() => text(editor).includes('1 error, 1 warning, 2 notes'));
    for (const severity of ['error', 'warning', 'info', 'hint']) await until(() => codeOf(editor)!.shadowRoot!.querySelector(`.cm-lint-marker-${severity}`), severity);
    expect([...editor.shadowRoot!.querySelectorAll<HTMLElement>('.finding')].map(({ dataset }) => dataset['severity']), ['error', 'warning', 'info', 'hint']);
    expect(find(editor, 'fapi-file-tree')!.shadowRoot!.querySelectorAll('.mark').length, 1);
  });

  it('are mended in every file by a click, each file in one step of undo', async () => {
    const { editor, responder } = await open({ findings: [fixable] }, files);
    const fix = await until(() => find(editor, 'button.fix'));
    await hasNoViolations(editor);
    responder.findings = [];
    fix.click();
    await until(() => contentOfFile(editor) === 'app = 1');
    await editor.open('lib.py');
    await until(() => contentOfFile(editor) === 'y = 1');
    await editor.open('main.py');
    await until(() => contentOfFile(editor) === 'app = 1');
    contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', keyCode: 90, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    await until(() => contentOfFile(editor) === 'import os\napp = 1');
  });

  it('are mended by Ctrl+. at their place', async () => {
    const { editor } = await open({ findings: [fixable] }, files);
    await until(() => codeOf(editor)!.shadowRoot!.querySelector('.cm-lintRange-warning'));
    contentOf(editor)!.focus();
    contentOf(editor)!.dispatchEvent(new KeyboardEvent('keydown', { key: '.', code: 'Period', keyCode: 190, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
    await until(() => contentOfFile(editor) === 'app = 1');
  });

  it('offer no fix to who may only read, and name a package that is missing without an act', async () => {
    const { editor } = await open({ findings: [fixable, { ...error, message: 'no module named httpx2', fixes: [{ title: 'Add httpx2', applicability: 'suggested', edits: [], package: 'httpx2' }] }] }, files);
    await until(() => text(editor).includes('Needs the package httpx2'));
    expect(editor.shadowRoot!.querySelectorAll('button.fix').length, 1);
    editor.readonly = true;
    await until(() => !find(editor, 'button.fix') && !find(editor, '.tests-act'));
  });

  it('move with their lines, go with them, and are pale until they are those of what is shown', async () => {
    const second: Finding = { ...fixable, message: 'lib is not used', start: { line: 2, column: 8 }, end: { line: 2, column: 11 } };
    const { editor, responder } = await open({ findings: [fixable, second] }, [{ path: 'lib.py', content: 'x = 1\n' }, { path: 'main.py', content: 'import os\nimport lib\napp = 1\n' }]);
    const said = (): string[] => [...editor.shadowRoot!.querySelectorAll('.finding')].map((row) => `${row.querySelector('.what')!.textContent!.trim()} ${row.querySelector('.where')!.textContent!.trim()}`);
    const underlined = (): string[] => [...codeOf(editor)!.shadowRoot!.querySelectorAll('.cm-lintRange-warning')].map(({ textContent }) => textContent!);
    const color = (shadow: Element, selector: string, of: string): string => getComputedStyle(shadow.shadowRoot!.querySelector(selector)!).getPropertyValue(of);
    const drawn = (): string[] => [color(editor, '.finding > .icon', 'color'), color(editor, '.finding > .what', 'color'), color(codeOf(editor)!, '.cm-lintRange-warning', 'text-decoration-color')];
    await until(() => underlined().length === 2);
    const before = drawn();
    responder.hold(`/v1/apps/${appId}/validate`);
    typeInto(editor, '# first\n');
    await until(() => said().join() === 'Warning: os is not used main.py:2,Warning: lib is not used main.py:3', 'the places to move');
    expect(underlined(), ['import os', 'lib']);
    expect([...editor.shadowRoot!.querySelectorAll<HTMLButtonElement>('button.fix')].map(({ disabled }) => disabled), [true, true]);
    await until(() => drawn().every((one, index) => one !== before[index]), 'paler colours');
    await hasNoViolations(editor);
    // The first of them goes with its line.
    codeOf(editor)!.act((view) => view.dispatch({ changes: { from: view.state.doc.line(2).from, to: view.state.doc.line(3).from } }));
    await until(() => said().join() === 'Warning: lib is not used main.py:2');
    expect(underlined(), ['lib']);
  });

  it('are as they were when the check is quick', async () => {
    const { editor } = await open({ findings: [fixable] }, files);
    await until(() => find(editor, '.finding'));
    typeInto(editor, '#');
    await until(() => find(editor, '.findings[data-stale]'));
    const icon = find(editor, '.finding > .icon')!;
    const before = getComputedStyle(icon).color;
    await until(() => !find(editor, '.findings[data-stale]'));
    expect([icon.isConnected, getComputedStyle(icon).color], [true, before]);
  });

  it('of more than a hundred show the worst hundred, and how many more there are', async () => {
    const { editor } = await open({ findings: [...Array.from({ length: 130 }, (_, index): Finding => ({ ...error, severity: 'hint', message: `hint ${index}` })), { ...error, message: 'the error' }] });
    await until(() => text(editor).includes('and 31 more'));
    expect(editor.shadowRoot!.querySelectorAll('.finding').length, 100);
    expect(find(editor, '.finding')!.textContent!.includes('the error'), true);
  });
});

describe('the tests of fapi-editor', () => {
  const run: Omit<TestRun, 'draftVersion' | 'digest'> = { passed: 12, failed: 1, skipped: 0, output: ['1 failed, 12 passed'], outputDropped: 0, durationMs: 340, findings: [{ ...error, code: 'TST001', source: 'tests', file: 'tests/test_main.py', start: { line: 2, column: 5 }, end: { line: 2, column: 5 }, message: 'test_read: assert 404 == 200' }] };
  const files = [{ path: 'main.py', content: source }, { path: 'tests/test_main.py', content: 'def test_read():\n    assert 404 == 200\n' }];
  const verdict = (editor: FapiEditor): string => find(editor, '.tests-verdict')!.textContent!;
  const act = (editor: FapiEditor): HTMLElement => find(editor, '.tests-act')!;

  it('run on what is typed, say how many passed and failed, and lead to each failure', async () => {
    const { editor, responder } = await open({ testRun: Promise.resolve(run) }, files);
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    act(editor).click();
    await until(() => verdict(editor) === '12 passed, 1 failed, 340 ms');
    const asked = responder.seen.find(({ path }) => path.endsWith('/test'))!.body as { patch: { put: { path: string }[] } };
    expect(asked.patch.put.map(({ path }) => path), ['main.py']);
    await hasNoViolations(editor);
    find(editor, '.tests .finding')!.click();
    await until(() => codeOf(editor)?.shadowRoot?.querySelector('.cm-activeLine')?.textContent === '    assert 404 == 200');
    const output = find<HTMLDetailsElement>(editor, '.tests details')!;
    expect([output.open, output.querySelector('pre')!.textContent], [false, '1 failed, 12 passed']);
  });

  it('are of the draft that they ran on: once it is another one that is said, and they are no problem of it', async () => {
    const { editor, responder } = await open({ testRun: Promise.resolve(run) }, files);
    const head = (): string => find(editor, '.problems-head .truncate')!.textContent!;
    await until(() => head() === 'No problems');
    act(editor).click();
    await until(() => verdict(editor) === '12 passed, 1 failed, 340 ms' && head() === '1 failed test');
    await editor.save();
    expect(find(editor, '.tests [data-stale]'), null);
    typeInto(editor, '#');
    await until(() => verdict(editor) === 'Of an earlier draft: 12 passed, 1 failed, 340 ms' && find(editor, '.tests [data-stale]') && find(editor, '.tests-verdict')!.dataset['failed'] === 'false');
    await editor.save();
    await until(() => head() === 'No problems' && responder.draft.version === 2);
    expect(verdict(editor), 'Of an earlier draft: 12 passed, 1 failed, 340 ms');
    act(editor).click();
    await until(() => verdict(editor) === '12 passed, 1 failed, 340 ms' && head() === '1 failed test');
  });

  it('say that they run, and stop when told to', async () => {
    const { editor } = await open({ testRun: new Promise(() => undefined) }, files);
    act(editor).click();
    await until(() => verdict(editor) === 'Running tests' && act(editor).textContent!.trim() === 'Stop');
    act(editor).click();
    await until(() => verdict(editor) === '' && act(editor).textContent!.trim() === 'Run tests');
  });

  it('say kindly that there are none', async () => {
    const { editor } = await open({ testRun: Promise.resolve({ ...run, passed: 0, failed: 0, findings: [{ ...error, code: 'TST006', severity: 'warning', file: '', message: 'The project has no tests.' }], output: [] }) });
    act(editor).click();
    await until(() => verdict(editor) === 'No tests found' && text(editor).includes('Write functions whose names start with test_'));
    expect(find(editor, '.tests .finding'), null);
    await hasNoViolations(editor);
  });

  it('say in our words that nobody could run them', async () => {
    const { editor, responder } = await open({}, files);
    responder.refuse(`/v1/apps/${appId}/test`, 503, 'runner_unavailable');
    act(editor).click();
    await until(() => verdict(editor) === 'No runner answered' && text(editor).includes('Your draft is safe.'));
    expect(find(editor, '.bar'), null);
  });
});
