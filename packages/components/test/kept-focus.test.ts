import type { FapiEditor } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hear, show, text, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

async function open(responder: Responder): Promise<FapiEditor> {
  const editor = show<FapiEditor>('fapi-editor', responder);
  editor.autosave = 'off';
  await until(() => contentOf(editor) && responder.openStreams > 0, 'the code editor');
  return editor;
}
const focused = (editor: Element): string | undefined => editor.shadowRoot!.activeElement?.localName;
/** As who presses a button by a key: it has the focus. */
function press(button: HTMLElement): void {
  button.focus();
  button.click();
}
const barButton = (editor: FapiEditor, word: string) => [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.bar button')].find((button) => button.textContent?.trim() === word);
const pressInBar = async (editor: FapiEditor, word: string): Promise<void> => press(await until(() => barButton(editor, word), word));
const gone = (editor: FapiEditor, word: string) => until(() => !barButton(editor, word), `no ${word} any more`);

describe('the focus in fapi-editor', () => {
  it('stays on Deploy while a deploy runs and when it is live, so that keys go on to be heard', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    const started = hear(editor, 'fapi-deploy-start');
    const button = find<HTMLButtonElement>(editor, '.deploy')!;
    const shows = (words: string) => until(() => find(editor, '.deploy')?.textContent?.includes(words), words);
    const hasFocus = (): boolean => find(editor, '.deploy') === button && editor.shadowRoot!.activeElement === button;
    press(button);
    await until(() => started.length > 0);
    await shows('queued');
    expect([hasFocus(), button.ariaDisabled], [true, 'true']);
    // Who presses it again while it runs asks for nothing.
    button.click();
    const stages = [{ name: 'queued', startedAt: '2026-11-24T10:00:00.000Z', endedAt: '2026-11-24T10:00:01.000Z' }, { name: 'starting', startedAt: '2026-11-24T10:00:01.000Z' }] as const;
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ status: 'starting', stages: [...stages] }) });
    await shows('starting');
    expect(hasFocus(), true);
    responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment({ status: 'live', liveAt: '2026-11-24T10:00:02.000Z', stages: [...stages] }) });
    await shows('Live in');
    expect([hasFocus(), button.ariaDisabled, responder.seen.filter(({ method, path }) => method === 'POST' && path.endsWith('/deployments')).length], [true, null, 1]);
    expect(button.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true, bubbles: true, composed: true, cancelable: true })), false);
    typeInto(editor, '#');
    await shows('Deploy');
    expect(find(editor, '.deploy') === button, true);
  });

  it('goes on in the code when the bar that had it is answered', async () => {
    const theirs = [{ path: 'main.py', content: 'theirs = 1\n' }];
    for (const word of ['Keep mine', 'Take theirs']) {
      const responder = makeResponder();
      const editor = await open(responder);
      typeInto(editor, 'mine ');
      await until(() => editor.isDirty);
      responder.saveElsewhere(theirs);
      await pressInBar(editor, word);
      await gone(editor, word);
      expect([word, focused(editor)], [word, 'fapi-code']);
      if (word === 'Take theirs') {
        await pressInBar(editor, 'Hide');
        await gone(editor, 'Hide');
        expect(focused(editor), 'fapi-code');
      }
      document.body.replaceChildren();
    }
  });

  it('goes on in the code when a merge is taken back', async () => {
    const content = 'a = 1\n\n\n\nb = 1\n';
    const responder = makeResponder([{ path: 'main.py', content }]);
    const editor = await open(responder);
    typeInto(editor, '#');
    await until(() => editor.isDirty);
    responder.saveElsewhere([{ path: 'main.py', content: content.replace('b = 1', 'b = 2') }]);
    await pressInBar(editor, 'Undo');
    await gone(editor, 'Undo');
    expect(focused(editor), 'fapi-code');
  });

  it('goes on in the code when a deploy that did not go out is answered', async () => {
    for (const word of ['Hide', 'Deploy']) {
      const responder = makeResponder();
      const editor = await open(responder);
      responder.refuse(`POST /v1/apps/${appId}/deployments`, 507, 'storage_full', undefined, 60);
      await editor.deploy();
      responder.accept(`POST /v1/apps/${appId}/deployments`);
      typeInto(editor, '#');
      await until(() => editor.isDirty);
      await editor.save();
      await until(() => text(editor).includes('Your deploy did not go out.'), 'the missed deploy');
      await pressInBar(editor, word);
      await gone(editor, word);
      expect([word, focused(editor)], [word, 'fapi-code']);
      document.body.replaceChildren();
    }
  });

  it('goes on in the code when a tab is closed', async () => {
    const editor = await open(makeResponder([{ path: 'main.py', content: '' }, { path: 'other.py', content: '' }]));
    await editor.open('other.py');
    press(await until(() => find(editor, '.tab:last-child .close')));
    await until(() => editor.shadowRoot!.querySelectorAll('.tab').length === 1, 'one tab');
    expect(focused(editor), 'fapi-code');
  });

  it('goes to a button where the code is not shown', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    editor.style.width = '360px';
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    editor.arrange({ pane: 'files' });
    responder.saveElsewhere([{ path: 'main.py', content: 'theirs = 1\n' }]);
    await pressInBar(editor, 'Keep mine');
    await gone(editor, 'Keep mine');
    expect(editor.shadowRoot!.activeElement === find(editor, '.save'), true);
  });
});
