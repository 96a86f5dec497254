import type { App } from '@fapi/sdk/contract';
import type { FapiEditor, FapiPreview } from '../src/index.ts';
import { makeApi } from './api.ts';
import { itBrokeNoPolicy, look, open } from './look.ts';
import { appId, makeApp, makeDeployment, makeDiff, makeResponder, makeRevision, until } from './responder.ts';
import { contentOf, expect, find, hasNoViolations, show, showApps, text, typeInto } from './show.ts';
import { ailments, at, counted, deployments, finding } from './states.ts';

afterEach(() => document.body.replaceChildren());

describe(`in the look "${look}"`, () => {
  it('is the look that the browser was told to have', () => {
    expect([matchMedia('(forced-colors: active)').matches, matchMedia('(prefers-color-scheme: dark)').matches], [look.startsWith('forced'), look.endsWith('dark')]);
  });

  for (const [name, change] of Object.entries(deployments)) {
    it(`fapi-deploy-status has no axe violation: ${name}`, async () => {
      const status = await open('fapi-deploy-status', makeResponder(undefined, { latest: makeDeployment(change), ...(name === 'live' ? { live: makeDeployment(change), health: 'running' } : {}) }));
      await until(() => find(status, '.headline'));
      await hasNoViolations(status);
    });
  }

  for (const [name, change] of Object.entries(ailments)) {
    it(`fapi-deploy-status has no axe violation: live and ${name}`, async () => {
      const live = makeDeployment(deployments['live']);
      const status = await open('fapi-deploy-status', makeResponder(undefined, { latest: live, live, ...change }));
      await until(() => find(status, '.failure'));
      await hasNoViolations(status);
    });
  }

  it('fapi-metrics has no axe violation with and without requests', async () => {
    const responder = makeResponder();
    const metrics = await open('fapi-metrics', responder);
    await hasNoViolations(metrics);
    responder.send({ type: 'metrics', appId, metrics: counted });
    await until(() => find(metrics, '.tiles'));
    await hasNoViolations(metrics);
  });

  it('fapi-history has no axe violation empty, with each kind of revision, with a question and when it cannot be read', async () => {
    const history = await open('fapi-history', makeResponder());
    await until(() => find(history, '.notice'));
    await hasNoViolations(history);
    const full = makeResponder();
    full.revisions = [makeRevision(30, { outcome: 'failed', comment: 'a'.repeat(200) }), makeRevision(29, { isLive: true, isLastGood: true, pinned: true, outcome: 'live' }), makeRevision(28, { isLastGood: true }), ...Array.from({ length: 27 }, (_, index) => makeRevision(27 - index))];
    const list = await open('fapi-history', full);
    await until(() => find(list, '.revisions'));
    await hasNoViolations(list);
    find(list, '.acts button:not(.quiet)')!.click();
    await until(() => find(list, '[role=group]'));
    await hasNoViolations(list);
    const broken = makeResponder();
    broken.refuse(`/v1/apps/${appId}/revisions`, 500, 'internal');
    const failed = await open('fapi-history', broken);
    await until(() => find(failed, '[role=alert]'));
    await hasNoViolations(failed);
  });

  it('fapi-history has no axe violation while it compares and while it asks how to clone', async () => {
    const responder = makeResponder();
    responder.revisions = [makeRevision(2), makeRevision(1)];
    responder.diff = makeDiff();
    const history = await open('fapi-history', responder);
    await until(() => find(history, '[data-clone]'));
    find(history, '[data-clone]')!.click();
    await until(() => find(history, 'form.clone'));
    await hasNoViolations(history);
    find(history, '.revisions [data-compare]')!.click();
    await until(() => find(history, '.line'));
    await hasNoViolations(history);
  });

  it('fapi-apps has no axe violation empty, as cards and as table, with each question, with what was deleted and when it cannot be read', async () => {
    const none = showApps(makeResponder());
    await until(() => find(none, '.notice'));
    await hasNoViolations(none);
    const responder = makeResponder();
    const live = makeDeployment(deployments['live']);
    responder.apps = [makeApp({ id: 'app_1', title: 'w'.repeat(60), live, latest: makeDeployment(deployments['failed']), health: 'running', rollout: 'failed', freshness: 'not_deployed' }), makeApp({ id: 'app_2', health: 'asleep', live, latest: live }), makeApp({ id: 'app_3', rollout: 'working', latest: makeDeployment() })];
    responder.deleted = [makeApp({ id: 'app_4', restorableUntil: at })];
    const apps = showApps(responder, { starters: [{ title: 'Hello', summary: 'One file.', files: [] }], selected: 'app_2' });
    await until(() => find(apps, '[data-app]'));
    await hasNoViolations(apps);
    apps.view = 'table';
    await apps.updateComplete;
    await hasNoViolations(apps);
    for (const [at, shows] of [[0, 'form.rename'], [1, 'form.clone']] as const) {
      find(apps, '[data-more]')!.click();
      (await until(() => apps.shadowRoot!.querySelectorAll<HTMLElement>('.strip button')[at])).click();
      await until(() => find(apps, shows));
      await hasNoViolations(apps);
      find(apps, '[data-more]')!.click();
      await until(() => !find(apps, shows));
    }
    apps.showCreate();
    await until(() => find(apps, 'dialog[open]'));
    await hasNoViolations(apps);
    find<HTMLDialogElement>(apps, 'dialog')!.close();
    find(apps, 'footer button')!.click();
    await until(() => find(apps, '.deleted'));
    await hasNoViolations(apps);
    const broken = makeResponder();
    broken.refuse('/v1/apps', 403, 'forbidden');
    const refused = showApps(broken);
    await until(() => find(refused, '[role=alert]'));
    await hasNoViolations(refused);
  });

  it('fapi-builder has no axe violation with its panels, its palette and its list of shortcuts', async () => {
    const builder = document.createElement('fapi-builder');
    builder.storageKey = '';
    builder.client = makeResponder().client;
    builder.appId = appId;
    document.body.append(builder);
    await until(() => builder.editor && contentOf(builder.editor));
    await hasNoViolations(builder);
    find(builder, '.view > button:last-of-type')!.click();
    // The rest of it is behind them, and has just been looked at.
    const palette = find(builder, 'fapi-palette')!;
    await until(() => find(palette, 'dialog[open]'));
    await hasNoViolations(palette);
    find<HTMLDialogElement>(palette, 'dialog')!.close();
    const keys = find<HTMLDialogElement>(builder, 'dialog.keys')!;
    keys.showModal();
    await hasNoViolations(keys);
  });

  it('fapi-try has no axe violation with each form, while it waits, with each answer, without a document, when nothing is live and when it cannot be read', async () => {
    const answers = [{ body: '{"a":1}' }, { status: 500, headers: [], body: 'x'.repeat(2_000), isTruncated: true, truncatedBy: 'time' as const }, { status: 302, headers: [['location', 'https://example.com/'.repeat(20)] as [string, string]], body: '', bodyBytes: 0 }, { headers: [], body: '/wA=', bodyEncoding: 'base64' as const, bodyBytes: 2 }];
    let next = 0;
    const element = await open('fapi-try', makeApi(() => answers[next++] ?? new Promise(() => undefined)));
    const operations = await until(() => { const found = [...element.shadowRoot!.querySelectorAll<HTMLElement>('.operation')]; return found.length > 0 && found; });
    for (const operation of operations) {
      operation.click();
      await until(() => operation.getAttribute('aria-current'));
      await hasNoViolations(element);
    }
    for (const sent of [1, 2, 3, 4]) {
      find(element, 'button.primary')!.click();
      await until(() => element.shadowRoot!.querySelectorAll('.entry').length === sent);
      for (const details of element.shadowRoot!.querySelectorAll('details')) details.open = true;
      await hasNoViolations(element);
    }
    find(element, 'button.primary')!.click();
    await until(() => find(element, '[data-cancel]'));
    await hasNoViolations(element);
    const free = await open('fapi-try', makeApi(() => ({}), null));
    await hasNoViolations(free);
    const idle = await open('fapi-try', makeResponder());
    await hasNoViolations(idle);
    for (const code of ['gateway_unavailable', 'forbidden']) {
      const broken = makeApi();
      broken.refuse(`/v1/apps/${appId}/try`, code === 'forbidden' ? 403 : 503, code);
      const failed = await open('fapi-try', broken);
      await until(() => find(failed, '.notice'));
      await hasNoViolations(failed);
    }
  });

  it('fapi-preview has no axe violation with each reason for nothing to show, and with a page: as it is, asleep, crashed, beside a failed deploy, with an error', async () => {
    const live = makeDeployment(deployments['live']);
    const failed = makeDeployment({ ...deployments['failed'], id: 'dep_2', generation: 2 });
    const path = '/packages/components/test/preview-page.html';
    const serving = { live, latest: live, health: 'running', previewUrl: `http://127.0.0.1:${location.port}/` } as const;
    for (const app of [{}, { rollout: 'working', latest: makeDeployment() }, { rollout: 'failed', latest: failed }, { ...serving, health: 'stopped' }, { ...serving, previewUrl: location.origin }] as Partial<App>[]) {
      const element = await open('fapi-preview', makeResponder(undefined, app));
      await until(() => find(element, '.notice'));
      await hasNoViolations(element);
    }
    for (const app of [{}, { health: 'asleep' }, { health: 'crashed' }, { rollout: 'failed', latest: failed }] as Partial<App>[]) {
      const element = Object.assign(show<FapiPreview>('fapi-preview', makeResponder(undefined, { ...serving, ...app })), { path: `${path}?broken` });
      await until(() => find(element, '.error'));
      find<HTMLInputElement>(element, 'input')!.value = 'https://elsewhere.example/';
      find<HTMLInputElement>(element, 'input')!.dispatchEvent(new Event('input'));
      find<HTMLFormElement>(element, 'form')!.requestSubmit();
      await until(() => find(element, '.problem'));
      await hasNoViolations(element);
    }
  });

  it('fapi-editor has no axe violation clean, dirty, with findings of every kind, in a conflict and with an error', async () => {
    const responder = makeResponder([{ path: 'main.py', content: 'import os\n\n\n@app.get("/")\ndef read(n: int = 1) -> str:  # why\n    return "text"\n' }, { path: 'routers/items.py', content: '' }]);
    responder.findings = [{ ...finding('error'), fixes: [{ title: 'Mend it', applicability: 'safe', edits: [{ file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 1 }, text: 'x' }] }] }, finding('warning'), finding('info'), finding('hint')];
    const editor = await open('fapi-editor', responder);
    await until(() => contentOf(editor) && find(editor, '.finding'));
    await hasNoViolations(editor);
    typeInto(editor, 'x');
    await until(() => find(editor, '.tab .dot'));
    await hasNoViolations(editor);
    responder.saveElsewhere([{ path: 'main.py', content: 'theirs' }]);
    await until(() => find(editor, '.bar'));
    await hasNoViolations(editor);
  });

  it('fapi-editor has no axe violation with routes, ready or not, and with the results of tests', async () => {
    const dryImport = { prepared: true, routes: [{ method: 'GET', path: '/' }, { method: 'POST', path: '/items' }], sideEffects: [], durationMs: 1 };
    const testRun = Promise.resolve({ passed: 1, failed: 1, skipped: 0, findings: [finding('error')], output: ['printed'], outputDropped: 0, durationMs: 1 });
    const responder = Object.assign(makeResponder([{ path: 'main.py', content: 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/")\ndef read(): ...\n' }]), { dryImport, testRun });
    const editor = await open('fapi-editor', responder);
    await until(() => contentOf(editor) && find(editor, '.readiness[data-state=prepared]') && find(editor, 'button.route'));
    find(editor, '.tests-act')!.click();
    await until(() => find(editor, '.tests .finding'));
    await hasNoViolations(editor);
    Object.assign(responder, { dryImport: undefined, findings: [finding('error')] });
    typeInto(editor, '(');
    await until(() => find(editor, '.routes[data-kept]'));
    await hasNoViolations(editor);
  });

  it('fapi-editor has no axe violation with two versions of its draft: by place, by file, decided, put off, merged', async () => {
    const base = 'import os\n\nname = "a"\nport = 1\n\nend = 1\n';
    const responder = makeResponder([{ path: 'cut.py', content: 'c = 1\n' }, { path: 'main.py', content: base }, { path: 'routers/items.py', content: '' }]);
    const editor = await open('fapi-editor', responder) as FapiEditor;
    editor.autosave = 'off';
    await until(() => contentOf(editor));
    find(editor, 'fapi-file-tree')!.dispatchEvent(new CustomEvent('file-act', { detail: { act: 'remove', path: 'cut.py' } }));
    contentOf(editor)!.focus();
    document.execCommand('selectAll');
    document.execCommand('insertText', false, base.replace('"a"', '"mine"').replace('end = 1', 'end = "mine"'));
    await until(() => editor.isDirty);
    responder.saveElsewhere([{ path: 'cut.py', content: 'c = 2\n' }, { path: 'main.py', content: base.replace('"a"', '"theirs"').replace('end = 1\n', '') }, { path: 'routers/items.py', content: 'i = 1\n' }]);
    (await until(() => find(editor, '[data-resolve]'))).click();
    const view = await until(() => find(editor, 'fapi-conflict'));
    await until(() => find(view, '.whole'));
    await hasNoViolations(editor);
    for (const choice of ['theirs', 'mine', 'both']) {
      find(view, `[data-choice=${choice}]`)!.click();
      await until(() => find(view, '[data-pane=result] .cm-content'));
      await hasNoViolations(editor);
    }
    await until(() => !find(view, '[data-finish][aria-disabled]'));
    find(view, '[data-later]')!.click();
    await until(() => find(editor, '[data-resolve]'));
    await hasNoViolations(editor);
    find(editor, '[data-resolve]')!.click();
    await until(() => find(editor, 'fapi-conflict:not([hidden])'));
    find(view, '[data-finish]')!.click();
    await until(() => find(editor, '.bar.merged'));
    await hasNoViolations(editor);
  });

  it('fapi-editor has no axe violation while it is searched: empty, found, previewed, replaced and refused', async () => {
    const responder = makeResponder([{ path: 'main.py', content: `import items\nvery_long_${'w'.repeat(300)} = items\n` }, { path: 'routers/items.py', content: 'items = {}\n' }]);
    const editor = await open('fapi-editor', responder) as FapiEditor;
    await until(() => contentOf(editor));
    await editor.findInProject();
    const panel = await until(() => find(editor, 'fapi-find'));
    await hasNoViolations(editor);
    const type = (name: string, typed: string): void => {
      const input = find<HTMLInputElement>(panel, `input[name=${name}]`)!;
      input.value = typed;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    type('text', 'items');
    await until(() => find(panel, 'mark'));
    await hasNoViolations(editor);
    find(panel, '[data-replace-toggle]')!.click();
    await until(() => find(panel, 'input[name=replacement]'));
    type('replacement', 'things');
    await until(() => find(panel, 'ins')?.textContent === 'things');
    await hasNoViolations(editor);
    find(panel, '[data-replace-all]')!.click();
    find<HTMLDetailsElement>(panel, (await until(() => find(panel, '.replaced'))) && '.replaced')!.open = true;
    await until(() => find(panel, '.count')?.textContent === 'Nothing found');
    await hasNoViolations(editor);
    find(panel, '[data-flag=isRegExp]')!.click();
    type('text', '(');
    await until(() => find(panel, '[role=alert]'));
    await hasNoViolations(editor);
  });

  it('fapi-editor asks for a path, offers more, deletes with undo and asks about names that are taken, without an axe violation', async () => {
    const editor = await open('fapi-editor', makeResponder([{ path: 'main.py', content: '' }, { path: 'other.py', content: '' }]));
    const tree = await until(() => find(editor, 'fapi-file-tree'));
    for (const [name, shows] of [['New file', '.ask'], ['More for files', '.menu'], ['Delete file', '.said button']] as const) {
      (await until(() => find<HTMLButtonElement>(tree, `button[aria-label="${name}"]:not(:disabled)`))).click();
      await until(() => find(tree, shows));
      await hasNoViolations(editor);
    }
    const dataTransfer = new DataTransfer();
    for (const name of ['other.py', `${'w'.repeat(60)}.py`, '.env']) dataTransfer.items.add(new File(['x'], name));
    for (const type of ['dragover', 'drop']) find(tree, 'ul')!.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
    await until(() => find(tree, '.said [role=group]'));
    await hasNoViolations(editor);
  });

  it('fapi-editor shows a file that is no text without an axe violation', async () => {
    const editor = await open('fapi-editor', makeResponder([{ path: 'logo.png', content: 'iVBORw0=', encoding: 'base64' }]));
    await until(() => text(editor).includes('This file is no text'));
    await hasNoViolations(editor);
  });

  it('every element says kindly that it has no client, that it has no app and that something is wrong', async () => {
    for (const tag of ['fapi-editor', 'fapi-deploy-status', 'fapi-metrics', 'fapi-logs', 'fapi-history', 'fapi-settings', 'fapi-try', 'fapi-preview']) {
      const alone = document.createElement(tag);
      document.body.append(alone);
      await until(() => text(alone).includes('Not connected'));
      await hasNoViolations(alone);
      const responder = makeResponder();
      responder.refuse(`/v1/apps/${appId}`, 403, 'forbidden');
      const refused = show(tag, responder);
      await until(() => text(refused).includes('No permission'));
      await hasNoViolations(refused);
      document.body.replaceChildren();
    }
  });

  if (look.startsWith('forced')) {
    it('keeps what colour alone would say: the states of stages and counters by shape, the chosen file by an outline', async () => {
      const status = await open('fapi-deploy-status', makeResponder(undefined, { latest: makeDeployment(deployments['failed']) }));
      const rows = await until(() => [...status.shadowRoot!.querySelectorAll('.steps li .shape')].length > 0 && [...status.shadowRoot!.querySelectorAll('.steps li')]);
      const shapeOf = (state: string): string | undefined => rows.find((row) => (row as HTMLElement).dataset['state'] === state)?.querySelector('.shape')?.innerHTML;
      expect(new Set(['done', 'failed', 'todo'].map(shapeOf)).size, 3);
      const editor = await open('fapi-editor', makeResponder());
      const chosen = await until(() => find(editor, 'fapi-file-tree')?.shadowRoot?.querySelector('li[aria-selected=true]'));
      expect(getComputedStyle(chosen).outlineStyle, 'solid');
      await until(() => contentOf(editor));
      typeInto(editor, 'x');
      const dot = await until(() => find(editor, '.tab .dot'));
      expect(isInvisible(getComputedStyle(dot).backgroundColor), false);
      const metricsResponder = makeResponder();
      const metrics = await open('fapi-metrics', metricsResponder);
      metricsResponder.send({ type: 'metrics', appId, metrics: counted });
      await until(() => find(metrics, '.tiles'));
      const marks = [...metrics.shadowRoot!.querySelectorAll('.tile[data-tone] dt')].map((mark) => getComputedStyle(mark, '::before').backgroundColor);
      expect(marks.map(isInvisible), [false, false, false]);
    });
  }

  itBrokeNoPolicy();
});

/** A mark in the colour of the canvas is one that nobody sees. */
function isInvisible(color: string): boolean {
  const canvas = document.createElement('div');
  canvas.style.backgroundColor = 'Canvas';
  document.body.append(canvas);
  const own = getComputedStyle(canvas).backgroundColor;
  canvas.remove();
  return color === own || color === 'rgba(0, 0, 0, 0)';
}
