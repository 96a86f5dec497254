import type { FapiDeployStatus, FapiEditor, FapiMetrics } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, until } from '../scenes/server/responder.ts';
import { codeOf, contentOf, expect, hasNoViolations, show, type Shown, tags, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

for (const tag of tags) {
  describe(tag, () => {
    it('has no axe violation with an app', async () => {
      const element = show(tag, makeResponder());
      await until(() => !element.shadowRoot?.querySelector('.skeleton') && text(element).length > 20);
      await hasNoViolations(element);
    });
    it('says kindly that it has no client', async () => {
      const element = document.createElement(tag) as Shown;
      document.body.append(element);
      await until(() => text(element).includes('Not connected'));
      await hasNoViolations(element);
    });
    it('shows the request id of an error, and what to do', async () => {
      const responder = makeResponder();
      responder.refuse(`/v1/apps/${appId}`, 404, 'app_not_found');
      const element = show(tag, responder);
      await until(() => text(element).includes('No such app') && text(element).includes('req-123'));
    });
  });
}

describe('fapi-editor', () => {
  it('loads the draft into the code editor, with its highlighting', async () => {
    const editor = show<FapiEditor>('fapi-editor', makeResponder([{ path: 'main.py', content: 'import os\n' }]));
    const content = await until(() => contentOf(editor));
    expect(content.textContent, 'import os');
    await until(() => content.querySelector('span[class]'));
  });
  it('marks typed text as unsaved and saves it', async () => {
    const responder = makeResponder();
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => contentOf(editor));
    contentOf(editor)!.focus();
    document.execCommand('insertText', false, '# typed\n');
    await until(() => editor.isDirty && text(editor).includes('Unsaved changes'));
    await editor.save();
    expect(editor.isDirty, false);
    expect(responder.draft.files[0]?.content, '# typed\napp = 1\n');
  });
  it('deploys what is typed in one act, and a listener can keep it from starting', async () => {
    const responder = makeResponder();
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => contentOf(editor));
    editor.addEventListener('fapi-deploy-request', (event) => event.preventDefault(), { once: true });
    await editor.deploy();
    expect(responder.seen.some(({ path }) => path.endsWith('/deployments')), false);
    await editor.deploy();
    expect(responder.seen.some(({ path }) => path.endsWith('/deployments')), true);
    await until(() => editor.shadowRoot?.querySelector('.deploy.stages'));
  });
  it('lists findings and jumps to them', async () => {
    const responder = makeResponder([{ path: 'main.py', content: 'a = 1\nb = = 2\n' }]);
    responder.findings = [{ code: 'PY001', severity: 'error', source: 'syntax', file: 'main.py', start: { line: 2, column: 5 }, end: { line: 2, column: 6 }, message: 'invalid syntax' }];
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => text(editor).includes('invalid syntax'));
    await hasNoViolations(editor);
    await until(() => contentOf(editor));
    editor.shadowRoot!.querySelector<HTMLElement>('button.finding')!.click();
    await until(() => codeOf(editor)?.shadowRoot?.querySelector('.cm-activeLine')?.textContent === 'b = = 2');
  });
  it('keeps what is typed when somebody else saved, and asks', async () => {
    const responder = makeResponder();
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => contentOf(editor));
    contentOf(editor)!.focus();
    document.execCommand('insertText', false, 'mine');
    await until(() => editor.isDirty);
    responder.refuse(`/v1/apps/${appId}/draft`, 409, 'draft_conflict');
    await editor.save();
    await until(() => text(editor).includes('Keep mine'));
    expect(contentOf(editor)!.textContent?.startsWith('mine'), true);
  });
});

describe('fapi-deploy-status', () => {
  it('shows the failure with the place, and asks to open it', async () => {
    const responder = makeResponder();
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    await until(() => text(status).includes('Not deployed yet'));
    const now = '2026-11-24T10:00:01.000Z';
    responder.send({ type: 'deployment', id: '1', appId, deployment: makeDeployment({
      status: 'failed', reason: 'import_failed', endedAt: now, stages: [{ name: 'queued', startedAt: now, endedAt: now }, { name: 'preparing', startedAt: now, endedAt: now, durationMs: 12 }],
      failure: { phase: 'import', class: 'import', type: 'NameError', message: "name 'x' is not defined", frames: [{ file: 'main.py', line: 3, source: 'x + 1' }], output: ['last words'] },
    }) });
    await until(() => text(status).includes('Failed while preparing') && text(status).includes('last words'));
    await hasNoViolations(status);
    const asked = new Promise<unknown>((resolve) => status.addEventListener('fapi-open-location', (event) => resolve(event.detail)));
    status.shadowRoot!.querySelector<HTMLElement>('.frames button')!.click();
    expect(await asked, { appId, file: 'main.py', line: 3, column: 1 });
  });
});

describe('fapi-metrics', () => {
  it('counts as the stream tells', async () => {
    const responder = makeResponder();
    const metrics = show<FapiMetrics>('fapi-metrics', responder);
    await until(() => text(metrics).includes('No requests yet'));
    responder.send({ type: 'metrics', appId, metrics: { appId, requests: 1234, status2xx: 1200, status3xx: 0, status4xx: 30, status5xx: 4, inFlight: 0, bytesOut: 1, lastRequestAt: new Date().toISOString() } });
    await until(() => text(metrics).includes('1,234'));
    await hasNoViolations(metrics);
  });
});
