import type { Finding } from '@fapi/sdk/contract';
import type { FapiBuilder, FapiDeployStatus, FapiEditor, FapiSettings } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, until } from '../scenes/server/responder.ts';
import { button, files, open } from './desk.ts';
import { codeOf, contentOf, expect, find, hasNoViolations, hear, show } from './show.ts';

afterEach(() => document.body.replaceChildren());

const place = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
const unset: Finding = { code: 'IMP010', severity: 'error', source: 'imports', file: 'main.py', ...place, message: "KeyError: 'STRIPE_KEY'", hint: "Add the variable STRIPE_KEY in the app's settings, or read it with os.environ.get().", variable: 'STRIPE_KEY' };
const noEntry: Finding = { code: 'ENT002', severity: 'error', source: 'entrypoint', file: 'main.py', ...place, message: 'main.py must define an app; there is no main.py.' };
const mend = (element: Element): HTMLElement | null => find(element, '[data-mend]');

describe('a variable that is missing', () => {
  const failed = { status: 'failed', reason: 'import_failed', failure: { phase: 'import', class: 'import', type: 'KeyError', message: "'STRIPE_KEY'", frames: [], output: [], hint: 'Add it.', variable: 'STRIPE_KEY' } } as const;

  it('is added from the card of the deploy that failed: the settings ask for its value, with its name in the field', async () => {
    const latest = makeDeployment({ ...failed, failure: { ...failed.failure, frames: [], output: [] } });
    const responder = makeResponder(undefined, { latest });
    const builder = show<FapiBuilder>('fapi-builder', responder);
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
    // Once more is a new row again.
    add.click();
    await until(() => (settings.shadowRoot!.activeElement as HTMLTextAreaElement | null)?.value === '', 'an empty value');
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

  it('is led to from a place in it that cannot be opened', async () => {
    const { editor } = await without(files('other.py'));
    document.dispatchEvent(new CustomEvent('fapi-open-location', { detail: { appId, file: 'main.py', line: 1, column: 1 } }));
    await until(() => mend(editor), 'the act');
  });
});
