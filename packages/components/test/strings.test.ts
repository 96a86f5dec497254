import { english, type FapiBuilder, type FapiDeployStatus, type FapiEditor, type FapiHistory, type FapiPreview, type FapiTry, german, registerStrings, type Strings } from '../src/index.ts';
import { limits } from '@fapi/sdk/contract';
import { appId, makeApp, makeDeployment, makeDiff, makeResponder, makeRevision, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, show, showApps, text, typeInto } from './show.ts';
import { makeApi } from '../scenes/server/api.ts';

/** A locale of nothing but marked words: what has no mark was not taken from the table. */
const mark = (words: string): string => `⟦${words}⟧`;
const marked = Object.fromEntries(Object.entries(english).map(([name, words]) => [name, typeof words === 'string' ? mark(words) : (...parts: never[]) => mark((words as (...parts: never[]) => string)(...parts))])) as unknown as Strings;
registerStrings('en-x-marked', marked);

beforeEach(() => { document.documentElement.lang = 'en-x-marked'; });
afterEach(() => {
  document.documentElement.lang = 'en';
  document.body.replaceChildren();
});

/** Everything that an element says or names, shadow roots inside included. */
function wordsOf(element: Element): string[] {
  const found: string[] = [];
  for (const node of element.shadowRoot!.querySelectorAll('*')) {
    if (['STYLE', 'CODE', 'PRE'].includes(node.tagName) || node.closest('.mono, .cm-editor, time')) continue;
    for (const name of ['aria-label', 'title']) found.push(node.getAttribute(name) ?? '');
    found.push(...[...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.textContent ?? ''));
    if (node.shadowRoot) found.push(...wordsOf(node));
  }
  return found;
}
/** What is left of it without marked words and without `given`: names, places and numbers of the app. */
function unmarked(element: Element, ...given: readonly string[]): string[] {
  const strip = (words: string): string => {
    const less = words.replaceAll(/⟦[^⟦⟧]*⟧/g, '');
    return less === words ? given.reduce((rest, one) => rest.replaceAll(one, ''), words) : strip(less);
  };
  return wordsOf(element).filter((words) => /\p{Letter}/u.test(strip(words)));
}
const app = ['Hello', 'main.py', 'hello-abc', 'http://hello-abc.localhost:8788/', 'NameError', 'is odd', 'invalid syntax', 'A colon is missing.', '1 ms'];
/** Of the browser's own tables. */
const spans = ['15 minutes', '5 minutes', '1 minute', '8 hours', '1 hour', '1 day'];

describe('the words of the elements', () => {
  it('come from the table for each code that a call may be answered with, the request id beside them', async () => {
    for (const code of ['unauthorized', 'token_expired', 'forbidden', 'origin_not_allowed', 'app_not_found', 'draft_too_large', 'rate_limited', 'runner_unavailable', 'workbench_busy', 'not_ready', 'internal', 'idempotency_conflict']) {
      const responder = makeResponder();
      responder.refuse(`/v1/apps/${appId}`, 403, code);
      const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
      await until(() => text(status).includes('req-123'));
      expect(unmarked(status, ...app), []);
      document.body.replaceChildren();
    }
  });

  it('come from the table in an editor with files, findings, a question and an error bar', async () => {
    const responder = makeResponder();
    responder.findings = (['error', 'warning', 'info', 'hint'] as const).map((severity) => ({ code: 'X1', severity, source: 'syntax', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 4 }, message: 'is odd', hint: 'A colon is missing.' }));
    responder.findings[0]!.fixes = [{ title: 'is odd', applicability: 'safe', edits: [], package: 'main.py' }];
    responder.testRun = Promise.resolve({ passed: 1, failed: 1, skipped: 1, findings: [{ ...responder.findings[0]!, file: '' }], output: ['printed'], outputDropped: 1, durationMs: 1 });
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => contentOf(editor) && find(editor, '.finding'));
    find(editor, '.tests-act')!.click();
    await until(() => find(editor, '.tests .finding'));
    expect(find(editor, '.finding .visually-hidden')!.textContent, '⟦Error⟧: ');
    typeInto(editor, 'x');
    await until(() => editor.isDirty);
    responder.refuse(`/v1/apps/${appId}/draft`, 422, 'draft_too_large');
    await editor.save();
    await until(() => find(editor, '.bar'));
    find(editor, 'fapi-file-tree')!.shadowRoot!.querySelector<HTMLElement>('header button')!.click();
    await until(() => find(editor, 'fapi-file-tree')!.shadowRoot!.querySelector('.ask'));
    expect(unmarked(editor, ...app), []);
  });

  it('come from the table in a history with its question and in variables with each form', async () => {
    const responder = makeResponder();
    responder.revisions = [makeRevision(3, { outcome: 'failed' }), makeRevision(2, { isLive: true, pinned: true, comment: 'is odd' }), makeRevision(1, { isLastGood: true })];
    responder.environment = { appId, version: 1, variables: [{ name: 'TOKEN', secret: true, scope: 'live' }, { name: 'REGION', value: 'is odd', secret: false, scope: 'draft' }] };
    const history = show('fapi-history', responder);
    await until(() => find(history, '.revisions'));
    find(history, '.acts button:not(.quiet)')!.click();
    await until(() => find(history, '[role=group]'));
    expect(unmarked(history, ...app, 'tester'), []);
    const settings = show('fapi-settings', responder);
    await until(() => find(settings, '.variables'));
    for (const [act, shows] of [['header button', 'form'], ['header button:last-child', 'form [name=name]'], ['.acts button:last-child', '.asks'], ['.acts button', 'form']] as const) {
      find(settings, act)!.click();
      await until(() => find(settings, shows));
      expect(unmarked(settings, ...app, ...spans), []);
    }
  });

  it('come from the table in a list of apps with its questions, a comparison and a builder', async () => {
    const live = makeDeployment({ status: 'live', liveAt: '2026-11-24T10:00:05.000Z' });
    const responder = makeResponder();
    responder.apps = [makeApp({ id: 'app_1', live, latest: live, health: 'running' })];
    responder.deleted = [makeApp({ id: 'app_2', restorableUntil: '2026-11-24T10:00:05.000Z' })];
    const list = showApps(responder);
    await until(() => find(list, '[data-app]'));
    for (const at of [0, 1]) {
      find(list, '[data-more]')!.click();
      (await until(() => list.shadowRoot!.querySelectorAll<HTMLElement>('.menu button')[at])).click();
      await until(() => find(list, '[data-asked] form'));
      expect(unmarked(list, ...app), []);
    }
    list.showCreate();
    await until(() => find(list, 'dialog[open]'));
    expect(unmarked(list, ...app), []);
    find<HTMLDialogElement>(list, 'dialog')!.close();
    find(list, 'footer button')!.click();
    await until(() => find(list, '.deleted'));
    expect(unmarked(list, ...app), []);
    responder.revisions = [makeRevision(2), makeRevision(1)];
    responder.diff = makeDiff();
    const history = show<FapiHistory>('fapi-history', responder);
    await until(() => find(history, '[data-compare]'));
    history.diff('draft', responder.revisions[0]!.digest);
    await until(() => find(history, '.line'));
    expect(unmarked(history, ...app, 'a required parameter is new', 'import os', 'a = 1', 'a = 2', 'b = 3', 'end = 1', '+', '−', '⋯'), []);
    const builder = show<FapiBuilder>('fapi-builder', makeResponder());
    await until(() => builder.editor && contentOf(builder.editor));
    find(builder, '.view > button:last-of-type')!.click();
    await until(() => find(find(builder, 'fapi-palette')!, 'dialog[open]'));
    find<HTMLDialogElement>(find(builder, 'fapi-palette')!, 'dialog')!.close();
    expect(unmarked(builder, ...app, ...['Ctrl+K Ctrl+I', 'Ctrl+Shift+F', 'Ctrl+H', 'Ctrl+Shift+P', 'Ctrl+Enter', 'Ctrl+S', 'Ctrl+P', 'Ctrl+X', 'Ctrl+V', 'Ctrl+Z', 'Shift+Alt+F', 'Ctrl+.', 'Shift+F12'].map((keys) => keys.replaceAll(/Ctrl|Shift/g, '')), '?', '← →', 'Enter', 'F2', 'F12'), []);
  });

  it('come from the table while two versions are made one and while a project is searched', async () => {
    const responder = makeResponder([{ path: 'cut.py', content: 'c = 1\n' }, { path: 'main.py', content: 'a = 1\n' }, { path: 'other.py', content: '' }]);
    const editor = show<FapiEditor>('fapi-editor', responder);
    editor.autosave = 'off';
    await until(() => contentOf(editor));
    find(editor, 'fapi-file-tree')!.dispatchEvent(new CustomEvent('file-act', { detail: { act: 'remove', path: 'cut.py' } }));
    typeInto(editor, 'x');
    await until(() => editor.isDirty);
    responder.saveElsewhere([{ path: 'cut.py', content: 'c = 2\n' }, { path: 'main.py', content: 'a = 2\n' }, { path: 'other.py', content: 'o\n' }]);
    const given = [...app, 'cut.py', 'other.py', 'somebody else'];
    (await until(() => find(editor, '[data-resolve]'))).click();
    const view = await until(() => find(editor, 'fapi-conflict'));
    await until(() => find(view, '.whole'));
    expect(unmarked(editor, ...given), []);
    find(view, '[data-choice=mine]')!.click();
    await until(() => find(view, '[data-pane=result] .cm-content'));
    expect(unmarked(editor, ...given), []);
    find(view, '[data-choice=both]')!.click();
    await until(() => !find(view, '[data-finish][aria-disabled]'));
    expect(unmarked(editor, ...given), []);
    find(view, '[data-finish]')!.click();
    await until(() => find(editor, '.bar.merged'));
    await editor.findInProject();
    const panel = find(editor, 'fapi-find')!;
    for (const [flag, typed, shows] of [['', 'a', '.match'], ['isRegExp', '(', '[role=alert]']] as const) {
      const input = find<HTMLInputElement>(panel, 'input[name=text]')!;
      input.value = typed;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      if (flag) find(panel, `[data-flag=${flag}]`)!.click();
      await until(() => find(panel, shows));
      expect(unmarked(editor, ...given), []);
    }
  });

  it('come from the table while an app is converted, and when it cannot be', async () => {
    const responder = makeResponder([{ path: 'main.py', content: 'a = 1\n' }]);
    responder.conversion = Promise.resolve({ routes: 1, kept: [{ name: 'is odd', line: 1, reason: 'is odd' }], files: [{ path: 'main.py', content: '' }, { path: 'cut.py', content: '' }] });
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => contentOf(editor));
    const given = [...app, 'cut.py', 'a = 1'];
    await editor.convertToMultiFile();
    const view = await until(() => find(editor, 'fapi-convert'));
    expect(unmarked(editor, ...given), []);
    await until(() => find(view, '[data-apply]'));
    expect(unmarked(editor, ...given), []);
    find(view, '[data-apply]')!.click();
    await until(() => find(editor, '.bar.converted'));
    expect(unmarked(editor, ...given), []);
    responder.conversion = Promise.resolve([{ path: 'draft.main.py', line: 1, message: 'is odd' }]);
    await editor.convertToMultiFile();
    await until(() => find(editor, 'fapi-convert') && find(find(editor, 'fapi-convert')!, '.refused'));
    expect(unmarked(editor, ...given), []);
  });

  it('come from the table in what is sent to the app, with each kind of field and answer', async () => {
    const element = show<FapiTry>('fapi-try', makeApi(() => ({ status: 404, isTruncated: true, truncatedBy: 'app' })));
    await until(() => find(element, 'form'));
    const given = [...app, 'Of these tags', 'List the items', 'Add an item', 'Delete an item', 'Upload', 'Log in', '404', 'application/json', 'multipart/form-data', 'application/x-www-form-urlencoded', 'text/plain', 'application/octet-stream', 'HTTPBearer', 'HTTPBasic', 'Key', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'true', 'false', 'name', 'price', '12 ms', '11 bytes'];
    for (const operation of element.shadowRoot!.querySelectorAll<HTMLElement>('.operation')) {
      operation.click();
      await element.updateComplete;
      expect(unmarked(element, ...given), []);
    }
    await element.send();
    await until(() => find(element, '.entry'));
    expect(unmarked(element, ...given), []);
  });

  it('come from the table for each readiness of the draft', async () => {
    const prepared = { prepared: true, routes: [], sideEffects: [], durationMs: 1 };
    const effects = (['connect', 'bind', 'spawn', 'fork', 'write'] as const).map((kind) => ({ ...prepared, prepared: false, reason: 'It does.', sideEffects: [{ kind, detail: 'here', file: 'main.py', line: 1 }] }));
    for (const dryImport of [prepared, ...effects, { ...prepared, prepared: false, reason: 'It reads.' }, { ...prepared, prepared: false }]) {
      const editor = show<FapiEditor>('fapi-editor', Object.assign(makeResponder(), { dryImport }));
      await until(() => find(editor, '.readiness:not([data-state=preparing])'));
      expect(unmarked(editor, ...app), []);
      document.body.replaceChildren();
    }
  });

  it('come from the table for each reason of a failure', async () => {
    const at = '2026-11-24T10:00:01.000Z';
    for (const reason of ['validation_failed', 'import_failed', 'startup_failed', 'verification_failed', 'rolled_back', 'runner_lost', 'deadline_exceeded', 'superseded', 'cancelled', 'app_deleted', 'bundle_unavailable', 'environment_unavailable'] as const) {
      const status = show<FapiDeployStatus>('fapi-deploy-status', makeResponder(undefined, { latest: makeDeployment({ status: 'failed', reason, endedAt: at, failure: { phase: 'import', class: 'import', type: 'NameError', message: 'is odd', frames: [{ file: 'main.py', line: 1 }], output: [], limitBytes: 2, peakBytes: 1, openFiles: 1, threads: 1, exitCode: 1, related: (['cause', 'context', 'part'] as const).map((relation) => ({ relation, type: 'NameError', message: 'is odd', frames: [] })) } }) }));
      await until(() => find(status, '.failure'));
      expect(unmarked(status, ...app), []);
      document.body.replaceChildren();
    }
  });

  it('are all there in German, and no other than those', async () => {
    expect(Object.keys(german).toSorted(), Object.keys(english).toSorted());
    const same = Object.entries(english).filter(([name, words]) => typeof words === 'string' && words === german[name as keyof Strings]).map(([name]) => name).toSorted();
    expect(same, ['appName', 'apps', 'changedApi', 'code', 'codeLabel', 'logs', 'panel', 'severityInfo', 'stageLive', 'status2xx', 'status4xx', 'status5xx', 'statusLive', 'variableName']);
    document.documentElement.lang = 'de';
    const responder = makeResponder();
    responder.apps = [makeApp({ id: 'app_1' })];
    const list = showApps(responder);
    await until(() => text(list).includes('Nie veröffentlicht') && text(list).includes('Neue App'));
  });

  it('name the limits of the contract, in figures of the locale', async () => {
    document.documentElement.lang = 'de';
    registerStrings('de', { errorTooLargeText: (files, size) => `Höchstens ${files} Dateien und ${size}.` });
    const responder = makeResponder();
    responder.refuse(`/v1/apps/${appId}`, 422, 'draft_too_large');
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    await until(() => text(status).includes(`Höchstens ${limits.files} Dateien und ${limits.draftBytes / 1_000_000} MB.`));
  });

  it('are drawn for a page that names its language as no standard does', async () => {
    for (const [lang, size] of [['de_DE', '12.345'], ['not a language', '12,345']] as const) {
      document.documentElement.lang = lang;
      const responder = makeResponder();
      const metrics = show('fapi-metrics', responder);
      await until(() => responder.openStreams > 0);
      responder.send({ type: 'metrics', appId, metrics: { appId, requests: 12_345, status2xx: 0, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 1 } });
      await until(() => text(metrics).includes(size), `${size} in ${lang}`);
      document.body.replaceChildren();
    }
  });

  it('are all of the table in the preview, but for what the page says itself', async () => {
    const live = makeDeployment({ status: 'live', liveAt: '2026-11-24T10:00:05.000Z' });
    const serving = { live, latest: live, health: 'asleep', previewUrl: `http://127.0.0.1:${location.port}/` } as const;
    const element = Object.assign(show<FapiPreview>('fapi-preview', makeResponder(undefined, serving)), { path: '/packages/components/test/preview-page.html?broken' });
    await until(() => find(element, '.error'));
    expect(unmarked(element, 'Hello', 'Error: no such thing', serving.previewUrl), []);
    const refused = show<FapiPreview>('fapi-preview', makeResponder(undefined, { ...serving, previewUrl: location.origin }));
    await until(() => find(refused, '.notice'));
    expect(unmarked(refused, location.origin), []);
  });

  it('say that an app was deleted, and offer no vain try', async () => {
    const elements = await Promise.all((['fapi-editor', 'fapi-deploy-status', 'fapi-metrics', 'fapi-logs', 'fapi-history', 'fapi-settings', 'fapi-try', 'fapi-preview'] as const).map(async (tag) => {
      const responder: Responder = makeResponder();
      const element = show(tag, responder);
      await until(() => responder.openStreams > 0 && !find(element, '.skeleton'));
      // It is asked for once more, for it may have been restored.
      responder.refuse(`/v1/apps/${appId}`, 404, 'app_not_found');
      responder.send({ type: 'app_deleted', id: '', appId });
      await until(() => text(element).includes('⟦This app was deleted⟧'));
      return element;
    }));
    expect(elements.map((element) => find(element, 'button')), [null, null, null, null, null, null, null, null]);
  });
});
