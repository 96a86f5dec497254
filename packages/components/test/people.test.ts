import type { FapiEditor } from '../src/index.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hasNoViolations, show, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

async function open(): Promise<{ editor: FapiEditor; responder: Responder }> {
  const responder = makeResponder([{ path: 'main.py', content: 'app = 1\n' }, { path: 'other.py', content: '' }]);
  const editor = show<FapiEditor>('fapi-editor', responder);
  await until(() => contentOf(editor), 'the code editor');
  return { editor, responder };
}
const shown = (editor: FapiEditor): string | undefined => find(editor, '.people .word')?.textContent ?? undefined;
const marked = (editor: FapiEditor, path: string): string | undefined => find(editor, 'fapi-file-tree')!.shadowRoot!.querySelector(`[data-path="${path}"] .person`)?.textContent?.trim();

describe('who else is here', () => {
  it('is told by the page itself: which file it shows, and that it has left', async () => {
    const { editor, responder } = await open();
    await until(() => responder.presence?.path === 'main.py');
    await editor.open('other.py');
    await until(() => responder.presence?.path === 'other.py');
    editor.remove();
    await until(() => !responder.presence);
  });

  it('is one page for as long as the tab is there: a reload is nobody else', async () => {
    const { responder } = await open();
    const { page } = await until(() => responder.presence);
    document.body.replaceChildren();
    const again = await open();
    expect((await until(() => again.responder.presence)).page, page);
  });

  it('stands in the toolbar, at files and at tabs, in words and without the page itself', async () => {
    const { editor, responder } = await open();
    const own = await until(() => responder.presence);
    expect(shown(editor), undefined);
    const ada = { page: 'page_of_ada', subject: 'Ada', path: 'other.py' };
    responder.send({ type: 'presence', appId, people: [ada, { page: own.page, subject: 'me', path: 'main.py' }] });
    await until(() => shown(editor) === 'Ada is here too' && marked(editor, 'other.py') === 'Also open for: Ada');
    expect([marked(editor, 'main.py'), find(editor, '.people')!.title], [undefined, 'Ada: other.py']);
    responder.send({ type: 'presence', appId, people: [ada, { page: 'page_two', subject: 'Ada', path: 'main.py' }, { page: 'page_of_bob', subject: 'Bob', path: 'main.py' }] });
    await until(() => shown(editor) === '2 others are here');
    expect([marked(editor, 'main.py'), find(editor, '.tab .person')!.title, find(editor, '.people')!.title], ['Also open for: Ada, Bob', 'Also open for: Ada, Bob', 'Ada: other.py, main.py\nBob: main.py']);
    await hasNoViolations(editor);
    responder.send({ type: 'presence', appId, people: [] });
    await until(() => !find(editor, '.people') && !marked(editor, 'main.py'));
  });

  it('is not somebody else when it is another tab of the same person, who is not counted', async () => {
    const { editor, responder } = await open();
    const own = await until(() => responder.presence);
    const [here, there] = [{ page: own.page, subject: 'Ada', path: 'main.py' }, { page: 'page_two', subject: 'Ada', path: 'other.py' }];
    responder.send({ type: 'presence', appId, people: [there, here] });
    await until(() => shown(editor) === 'You, in another tab');
    expect([marked(editor, 'other.py'), find(editor, '.people')!.title], ['Also open for: you in another tab', 'You, in another tab: other.py']);
    await hasNoViolations(editor);
    responder.send({ type: 'presence', appId, people: [there, { page: 'page_of_bob', subject: 'Bob', path: 'other.py' }, here] });
    await until(() => shown(editor) === 'Bob is here too');
    expect([marked(editor, 'other.py'), find(editor, '.people')!.title], ['Also open for: Bob, you in another tab', 'Bob: other.py\nYou, in another tab: other.py']);
  });

  it('is the reader, who saved in another tab, and nobody by name, when two changes meet', async () => {
    const { editor, responder } = await open();
    editor.autosave = 'off';
    const own = await until(() => responder.presence);
    responder.send({ type: 'presence', appId, people: [{ page: own.page, subject: 'somebody else', path: 'main.py' }] });
    typeInto(editor, '# mine ');
    responder.saveElsewhere([{ path: 'main.py', content: '# theirs app = 1\n' }, { path: 'other.py', content: '' }]);
    await editor.save();
    const bar = await until(() => find(editor, '.bar [data-resolve]')?.closest('.bar'), 'the conflict');
    expect([bar.textContent!.includes('You saved this draft elsewhere, in another tab perhaps'), bar.textContent!.includes('somebody else'), [...bar.querySelectorAll('button')].map(({ textContent }) => textContent)], [true, false, ['Resolve', 'Keep mine', 'Take the other']]);
    expect(await editor.resolveConflict(), true);
    await until(() => find(editor, 'fapi-conflict')?.shadowRoot?.textContent?.includes('Saved by you in another tab'));
  });

  it('shows names as text, whatever they are, and is gone with the stream that told of them', async () => {
    const { editor, responder } = await open();
    await until(() => responder.presence);
    responder.send({ type: 'presence', appId, people: [{ page: 'page_0001', subject: '<img src=x onerror=alert(1)> \u202e'.repeat(20) }] });
    await until(() => shown(editor)?.startsWith('<img'));
    expect(find(editor, '.people')!.getBoundingClientRect().right <= find(editor, '.toolbar')!.getBoundingClientRect().right, true);
    responder.setAway(true);
    await until(() => !find(editor, '.people'));
    responder.setAway(false);
  });
});
