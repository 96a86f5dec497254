import type { Deployment, Finding } from '@fapi/sdk/contract';
import type { FapiBuilder, FapiDeployStatus, FapiEditor, FapiSettings } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { button, files, open } from './desk.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, hear, show } from './show.ts';

afterEach(() => document.body.replaceChildren());

const place = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
const unset: Finding = { code: 'IMP010', severity: 'error', source: 'imports', file: 'main.py', ...place, message: "KeyError: 'STRIPE_KEY'", hint: "Add the variable STRIPE_KEY in the app's settings, or read it with os.environ.get().", variable: 'STRIPE_KEY' };
const noEntry: Finding = { code: 'ENT002', severity: 'error', source: 'entrypoint', file: 'main.py', ...place, message: 'main.py must define an app; there is no main.py.' };
const deploys = (responder: Responder): string[] => responder.seen.filter(({ method, path }) => method === 'POST' && path.includes('/deployments')).map(({ path }) => path);
const mend = (element: Element): HTMLElement | null => find(element, '[data-mend]');

describe('a variable that is missing', () => {
  const failed = { status: 'failed', reason: 'import_failed', failure: { phase: 'import', class: 'import', type: 'KeyError', message: "'STRIPE_KEY'", frames: [], output: [], hint: 'Add it.', variable: 'STRIPE_KEY' } } as const;

  it('is added from the card of the deploy that failed: the settings ask for its value, with its name in the field', async () => {
    const latest = makeDeployment({ ...failed, failure: { ...failed.failure, frames: [], output: [] } });
    const responder = makeResponder(undefined, { latest });
    const builder = Object.assign(show<FapiBuilder>('fapi-builder', responder), { storageKey: '' });
    const status = await until(() => find<FapiDeployStatus>(builder, 'fapi-deploy-status'));
    const add = await until(() => find(status, '[data-variable]'), 'the act');
    expect(add.textContent, 'Add STRIPE_KEY in the settings');
    await hasNoViolations(status);
    add.click();
    const settings = await until(() => find<FapiSettings>(builder, '#panel-settings:not([hidden]) fapi-settings'), 'the settings');
    const value = await until(() => settings.shadowRoot!.activeElement as HTMLTextAreaElement | null, 'the focus');
    expect([value.name, find<HTMLInputElement>(settings, '[name=name]')!.value], ['value', 'STRIPE_KEY']);
    value.value = 'sk_1';
    value.form!.requestSubmit();
    await until(() => responder.environment.variables.some(({ name }) => name === 'STRIPE_KEY'));
    await until(() => !find(settings, 'form'), 'no form');
    // It is led on from where it was added as long as that can be seen, and then from where it was missed.
    const onward = await until(() => find(settings, '.bar [data-deploy]'), 'the way on');
    await until(() => settings.shadowRoot!.activeElement === onward, 'the focus on it');
    expect(find(settings, '.bar p')!.textContent, 'STRIPE_KEY was added. Deploy to use it.');
    await hasNoViolations(settings);
    await until(() => find(status, '.way-back')?.textContent?.trim() === 'STRIPE_KEY is in the settings now.', 'a word on it');
    expect([find(status, '[data-deploy]'), find(status, '[data-variable]')], [null, null]);
    builder.show('deploy');
    await until(() => find(status, '[data-deploy]')?.textContent === 'Deploy again', 'the way to deploy again');
    builder.show('settings');
    await until(() => !find(status, '[data-deploy]'), 'one way on');
    onward.click();
    await until(() => find(builder, '#panel-deploy:not([hidden])'), 'the deploy');
    expect(deploys(responder), [`/v1/apps/${appId}/deployments`]);
  });

  it('is not asked for again when it is there: the card offers to deploy what failed, draft or revision', async () => {
    // What was asked for as a draft may be an old revision, where nothing is live.
    for (const [trigger, draftVersion, path] of [['deploy', 1, ''], ['retry', 1, ''], ['revert', 1, '/dep_1/retry']] as const) {
      const latest = makeDeployment({ ...failed, trigger, draftVersion, failure: { ...failed.failure, frames: [], output: [] } });
      const responder = makeResponder(undefined, { latest });
      responder.environment = { appId, version: 1, variables: [{ name: 'STRIPE_KEY', secret: true, scope: 'both' }] };
      const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
      const again = await until(() => find(status, '[data-deploy]'), 'the act');
      expect([find(status, '[data-variable]'), find(status, '.hint'), find(status, '.failure')!.textContent!.includes('STRIPE_KEY is in the settings now.')], [null, null, true]);
      await hasNoViolations(status);
      const cancel = (event: Event): void => event.preventDefault();
      document.body.addEventListener('fapi-deploy-request', cancel);
      again.click();
      await status.updateComplete;
      await until(() => !again.ariaDisabled, 'nothing under way');
      document.body.removeEventListener('fapi-deploy-request', cancel);
      again.click();
      await until(() => deploys(responder).length > 0, 'a deploy');
      expect(deploys(responder), [`/v1/apps/${appId}/deployments${path}`]);
      document.body.replaceChildren();
    }
  });

  it('is still missing where drafts alone see it', async () => {
    const responder = makeResponder(undefined, { latest: makeDeployment({ status: 'failed', reason: 'validation_failed', findings: [unset, { ...unset, message: "KeyError: 'OTHER'", hint: 'Add OTHER.', variable: 'OTHER' }] }) });
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    const mends = (): string[] => [...status.shadowRoot!.querySelectorAll('[data-mend]')].map(({ textContent }) => textContent);
    await until(() => mends().length === 2, 'both');
    responder.environment = { appId, version: 2, variables: [{ name: 'STRIPE_KEY', secret: true, scope: 'both' }, { name: 'OTHER', secret: true, scope: 'draft' }] };
    document.dispatchEvent(new CustomEvent('fapi-environment-save', { detail: { appId, version: 2 } }));
    await until(() => mends().length === 1, 'that which is there');
    expect([mends(), [...status.shadowRoot!.querySelectorAll('.hint')].map(({ textContent }) => textContent), find(status, '[data-deploy]')], [['Add OTHER in the settings'], ['Add OTHER.'], null]);
  });

  it('is not asked for again by an earlier deploy either, once it is there', async () => {
    const live = makeDeployment({ status: 'live' });
    const latest = makeDeployment({ id: 'dep_2', generation: 2, status: 'failed', reason: 'validation_failed', draftVersion: 0, findings: [unset] });
    const responder = makeResponder(undefined, { live, latest, health: 'running', freshness: 'up_to_date' });
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    await until(() => find(status, '.earlier') && mend(status), 'the act');
    responder.environment = { appId, version: 2, variables: [{ name: 'STRIPE_KEY', secret: true, scope: 'both' }] };
    document.dispatchEvent(new CustomEvent('fapi-environment-save', { detail: { appId, version: 2 } }));
    await until(() => !mend(status), 'none');
    expect([find(status, '.earlier .hint'), find(status, '[data-deploy]')], [null, null]);
  });

  it('brings nothing live that has its environment of then, is wrong in another way, or is no draft any more', async () => {
    const wrong: Finding = { ...unset, code: 'E1', message: 'invalid syntax' };
    delete wrong.variable;
    const changes: Partial<Deployment>[] = [{ keepsEnvironment: true }, { findings: [unset, wrong] }, { trigger: 'deploy', draftVersion: 0 }];
    for (const change of changes) {
      const responder = makeResponder(undefined, { latest: makeDeployment({ status: 'failed', reason: 'validation_failed', trigger: 'revert', findings: [unset], ...change }) });
      const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
      await until(() => mend(status), 'the act');
      responder.environment = { appId, version: 2, variables: [{ name: 'STRIPE_KEY', secret: true, scope: 'both' }] };
      document.dispatchEvent(new CustomEvent('fapi-environment-save', { detail: { appId, version: 2 } }));
      await until(() => !mend(status), 'none');
      expect(find(status, '[data-deploy]'), null);
      document.body.replaceChildren();
    }
  });

  it('deploys again what failed, unless a listener cancels it, and leaves the focus in sight', async () => {
    const latest = makeDeployment({ ...failed, failure: { ...failed.failure, frames: [], output: [] } });
    const responder = makeResponder(undefined, { latest });
    responder.environment = { appId, version: 1, variables: [{ name: 'STRIPE_KEY', secret: true, scope: 'both' }] };
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    const again = await until(() => find(status, '[data-deploy]'), 'the act');
    await until(() => responder.openStreams > 0);
    responder.refuse(`/v1/apps/${appId}/deployments`, 409, 'app_suspended');
    again.click();
    await until(() => find(status, '.bar'), 'why it was refused');
    responder.accept(`/v1/apps/${appId}/deployments`);
    // What was refused before is no word on what was not asked for.
    const cancel = (event: Event): void => event.preventDefault();
    document.body.addEventListener('fapi-deploy-request', cancel);
    again.click();
    await until(() => !find(status, '.bar'), 'no word');
    expect(deploys(responder).length, 1);
    document.body.removeEventListener('fapi-deploy-request', cancel);
    again.focus();
    again.click();
    await until(() => deploys(responder).length === 2, 'the deploy');
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ id: 'dep_2', generation: 2 }) });
    await until(() => !find(status, '[data-deploy]'), 'the deploy');
    await until(() => status.shadowRoot!.activeElement?.classList.contains('headline'), 'the focus');
  });

  it('is added from the list of problems too, and by nobody who may only read', async () => {
    const responder = makeResponder();
    responder.findings = [unset];
    const editor = show<FapiEditor>('fapi-editor', responder);
    await until(() => contentOf(editor));
    editor.arrange({ areProblemsOpen: true });
    const asked = hear(document.body, 'fapi-open-variable');
    (await until(() => mend(editor))).click();
    expect(asked, [{ appId, name: 'STRIPE_KEY' }]);
    editor.readonly = true;
    await editor.updateComplete;
    expect(mend(editor), null);
    const status = show<FapiDeployStatus>('fapi-deploy-status', makeResponder(undefined, { latest: makeDeployment({ ...failed, failure: { ...failed.failure, frames: [], output: [] } }) }));
    status.readonly = true;
    await until(() => find(status, '.failure'));
    expect(find(status, '[data-variable]'), null);
  });
});

describe('a project without its main.py', () => {
  async function without(drafted: Parameters<typeof open>[0]): Promise<Awaited<ReturnType<typeof open>> & { ask(): Promise<string[]> }> {
    const desk = await open(drafted, [noEntry]);
    return {
      ...desk,
      async ask() {
        desk.editor.arrange({ areProblemsOpen: true });
        (await until(() => mend(desk.editor), 'the act')).click();
        await until(() => desk.said().startsWith('The app starts from main.py'), 'the question');
        return [...desk.tree.shadowRoot!.querySelectorAll('.said .acts > button:not([data-hide])')].map(({ textContent }) => textContent);
      },
    };
  }

  it('has it back that was deleted, or another file that holds the app, whose imports are offered', async () => {
    const app = 'from fastapi import FastAPI\n\napp = FastAPI()\n';
    const { editor, tree, at, press, ask, saved, said, responder } = await without([...files('main.py'), { path: 'server.py', content: app }, { path: 'test_it.py', content: 'from server import app\n' }]);
    await at('main.py');
    await press('Delete');
    expect(await ask(), ['Restore main.py', 'Rename server.py to main.py']);
    await hasNoViolations(tree);
    await until(() => (tree.shadowRoot!.activeElement as HTMLElement | null)?.textContent === 'Restore main.py', 'the focus');
    button(tree, 'Restore main.py')!.click();
    await until(() => said() === 'main.py was added. Undo');
    expect(await saved(), ['main.py', 'server.py', 'test_it.py']);
    expect(responder.draft.files.find(({ path }) => path === 'main.py')?.content, '# main.py\n');
    await at('main.py');
    await press('Delete');
    await ask();
    button(tree, 'Rename server.py to main.py')!.click();
    await until(() => button(tree, 'Update imports'), 'the imports');
    await until(() => codeOf(editor)?.path === 'main.py', 'its text');
    expect(await saved(), ['main.py', 'test_it.py']);
  });

  it('has a new one where nothing else can be it', async () => {
    const { tree, ask, saved } = await without(files('notes.txt', 'other.py'));
    await saved();
    expect(await ask(), ['Add a main.py']);
    button(tree, 'Add a main.py')!.click();
    expect((await saved()).toSorted(), ['main.py', 'notes.txt', 'other.py']);
  });

  it('is said without a way into the file that is not there: what is offered is to choose one', async () => {
    const { editor } = await without(files('other.py'));
    editor.arrange({ areProblemsOpen: true });
    await until(() => mend(editor), 'the act');
    const rows = (): [string, string][] => [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.finding')].map((row) => [row.localName, row.querySelector('.where')!.textContent!]);
    expect(rows(), [['div', 'main.py']]);
    await hasNoViolations(editor, ['color-contrast']);
    const status = show<FapiDeployStatus>('fapi-deploy-status', makeResponder(files('other.py'), { latest: makeDeployment({ status: 'failed', reason: 'validation_failed', findings: [noEntry] }) }));
    const row = await until(() => find(status, '.finding'), 'the finding');
    expect([row.localName, row.querySelector('.where')!.textContent], ['div', 'main.py']);
  });

  it('is led to from the card of the deploy that was refused for it, as long as there is none', async () => {
    const latest = makeDeployment({ status: 'failed', reason: 'validation_failed', findings: [noEntry] });
    const responder = makeResponder([{ path: 'server.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n' }], { latest });
    const builder = Object.assign(show<FapiBuilder>('fapi-builder', responder), { storageKey: '' });
    const status = await until(() => find<FapiDeployStatus>(builder, 'fapi-deploy-status'));
    const act = await until(() => mend(status), 'the act');
    expect(act.textContent, 'Choose a main.py');
    act.click();
    const tree = await until(() => builder.editor && find(builder.editor, 'fapi-file-tree'));
    const named = await until(() => button(tree, 'Rename server.py to main.py'), 'the question');
    named.click();
    await until(() => !mend(status), 'nothing to choose');
  });

  it('is led to from a place in it that cannot be opened', async () => {
    const { editor } = await without(files('other.py'));
    document.dispatchEvent(new CustomEvent('fapi-open-location', { detail: { appId, file: 'main.py', line: 1, column: 1 } }));
    await until(() => mend(editor), 'the act');
  });
});
