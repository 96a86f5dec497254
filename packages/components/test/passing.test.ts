import type { FapiEditor } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hasNoViolations, hear, show, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

const draftPath = `/v1/apps/${appId}/draft`;
async function open(responder: Responder): Promise<FapiEditor> {
  const editor = show<FapiEditor>('fapi-editor', responder);
  await until(() => contentOf(editor) && responder.openStreams > 0, 'the code editor');
  return editor;
}
const words = (editor: FapiEditor): string => [...editor.shadowRoot!.querySelectorAll('.bar p')].map((bar) => bar.textContent!.replaceAll(/\s+/g, ' ').trim()).join(' | ');
const button = (editor: FapiEditor, word: string) => [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.bar button')].find(({ textContent }) => textContent?.trim() === word);
const deployments = ({ seen }: Responder): number => seen.filter(({ method, path }) => method === 'POST' && path.endsWith('/deployments')).length;

describe('a full disk of the server', () => {
  it('is asked again after the time that it says, without a key, and said once until it has space', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    const tries = (): number => responder.seen.filter(({ method, path }) => method === 'PATCH' && path === draftPath).length;
    responder.refuse(`PATCH ${draftPath}`, 507, 'storage_full', undefined, 1);
    typeInto(editor, '# typed ');
    await until(() => words(editor).startsWith('The server has no space left.'), 'the bar');
    const bar = find(editor, '.bar');
    const letGo = responder.hold(draftPath);
    await until(() => tries() > 1 && find(editor, 'button.save')!.getAttribute('aria-disabled') === 'true', 'the next try');
    // Ears are not told of each try.
    expect([find(editor, '.bar') === bar, words(editor).startsWith('The server has no space left.')], [true, true]);
    responder.accept(`PATCH ${draftPath}`);
    letGo();
    await until(() => !editor.isDirty && words(editor) === '', 'the save');
    expect(responder.draft.files[0]!.content.startsWith('# typed '), true);
  });
});

describe('a save that failed for what passes', () => {
  it('is made when the server is heard again, where a proxy answered in its place', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    responder.refuse(`PATCH ${draftPath}`, 502, '');
    typeInto(editor, '# typed ');
    await until(() => editor.isDirty);
    await editor.save();
    await until(() => words(editor).startsWith('The server cannot be reached.'), 'the bar');
    responder.accept(`PATCH ${draftPath}`);
    responder.send({ type: 'metrics', appId, metrics: { appId, requests: 0, status2xx: 0, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 0 } });
    await until(() => !editor.isDirty && words(editor) === '', 'the save');
    expect(responder.draft.files[0]!.content.startsWith('# typed '), true);
  });

  it('is made after the time that the server says, without a key and without any news', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    responder.refuse(`PATCH ${draftPath}`, 429, 'rate_limited', undefined, 1);
    typeInto(editor, '# typed ');
    await until(() => words(editor).startsWith('Too many requests.'), 'the bar');
    responder.accept(`PATCH ${draftPath}`);
    await until(() => !editor.isDirty && words(editor) === '', 'the save');
  });
});

describe('a deploy that is refused', () => {
  it('for no fault of the draft says so until that is hidden, and what is typed is saved by itself', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    responder.refuse(`POST /v1/apps/${appId}/deployments`, 403, 'forbidden');
    typeInto(editor, '# mine ');
    await until(() => editor.isDirty);
    expect(await editor.deploy(), undefined);
    await until(() => words(editor).startsWith('No permission.'), 'the bar');
    await hasNoViolations(editor);
    await until(() => !editor.isDirty, 'the save');
    expect([words(editor).startsWith('No permission.'), responder.draft.files[0]!.content.startsWith('# mine ')], [true, true]);
    button(editor, 'Hide')!.click();
    await until(() => words(editor) === '', 'no bar');
  });

  it('because somebody else has saved, with nothing typed, shows theirs and is offered again', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    responder.draft = { ...responder.draft, version: 2, files: [{ path: 'main.py', content: 'theirs = 1\n' }] };
    expect(await editor.deploy(), undefined);
    await until(() => words(editor) === 'Your deploy did not go out.' && contentOf(editor)?.textContent === 'theirs = 1', 'the bar');
    typeInto(editor, '# more ');
    await until(() => editor.isDirty);
    await until(() => !editor.isDirty, 'the save');
    button(editor, 'Deploy')!.click();
    await until(() => deployments(responder) === 2 && words(editor) === '', 'the deploy');
  });
});

describe('a deploy that did not go out', () => {
  it('is said with the merge that kept it, and offered again, while somebody else\'s is live', async () => {
    const responder = makeResponder([{ path: 'main.py', content: 'app = 1\n\n\nend = 1\n' }]);
    const editor = await open(responder);
    editor.autosave = 'off';
    typeInto(editor, '# mine ');
    await until(() => editor.isDirty);
    responder.draft = { ...responder.draft, version: 2, files: [{ path: 'main.py', content: 'app = 1\n\n\nend = 2\n' }] };
    expect(await editor.deploy(), undefined);
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ id: 'dep_theirs', draftVersion: 2, status: 'live' }) });
    await until(() => /^Changes saved by .* were merged with yours: main\.py\..* \| Your deploy did not go out\.$/.test(words(editor)), 'the bars');
    await hasNoViolations(editor);
    await editor.save();
    await until(() => !editor.isDirty && button(editor, 'Deploy'), 'the button after the save');
    const started = hear(editor, 'fapi-deploy-start');
    button(editor, 'Deploy')!.click();
    await until(() => started.length > 0 && !button(editor, 'Deploy'), 'the deploy');
    expect(words(editor).includes('did not go out'), false);
  });

  it('is said beside the full disk that kept it, where nothing is to be saved, and after it', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    responder.refuse(`POST /v1/apps/${appId}/deployments`, 507, 'storage_full', undefined, 60);
    expect(await editor.deploy(), undefined);
    // Beside what the server said, for as long as nothing else is answered.
    await until(() => /^(?:The server has no space left\..* \| )?Your deploy did not go out\.$/.test(words(editor)), 'the bar of the deploy');
    await hasNoViolations(editor);
    responder.send({ type: 'metrics', appId, metrics: { appId, requests: 0, status2xx: 0, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 0 } });
    await until(() => words(editor) === 'Your deploy did not go out.', 'the bar of the deploy');
    responder.accept(`POST /v1/apps/${appId}/deployments`);
    const started = hear(editor, 'fapi-deploy-start');
    button(editor, 'Deploy')!.click();
    await until(() => started.length > 0 && words(editor) === '', 'the deploy');
  });

  it('is said once the server is there again, not before, and goes when it is hidden', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    typeInto(editor, '# mine ');
    await until(() => editor.isDirty);
    responder.setAway(true);
    await until(() => words(editor).startsWith('Reconnecting.'), 'the loss');
    expect(await editor.deploy(), undefined);
    await until(() => words(editor).startsWith('The server cannot be reached.'), 'why');
    responder.setAway(false);
    await until(() => words(editor) === 'Your deploy did not go out.', 'the bar');
    await until(() => !editor.isDirty, 'the save');
    expect([words(editor), deployments(responder)], ['Your deploy did not go out.', 0]);
    button(editor, 'Hide')!.click();
    await until(() => words(editor) === '');
  });

  it('is not said where it has gone out after all, its answer being lost', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    editor.autosave = 'off';
    responder.refuse(`/v1/apps/${appId}/deployments`, 503, 'not_ready');
    expect(await editor.deploy(), undefined);
    responder.send({ type: 'metrics', appId, metrics: { appId, requests: 0, status2xx: 0, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 0 } });
    await until(() => words(editor) === 'Your deploy did not go out.', 'the bar');
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ status: 'live' }) });
    await until(() => words(editor) === '', 'no bar');
  });
});
