import { createClient, type FapiClient } from '@fapi/sdk';
import type { FapiEditor, FapiProvider } from '../src/index.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, show, text, typeInto } from './show.ts';

const draftPath = `/v1/apps/${appId}/draft`;
const original = globalThis.fetch;
let responder: Responder;
/** What the portal was asked, and for whom. */
let mints: string[];
beforeEach(() => {
  responder = makeResponder();
  mints = [];
  globalThis.fetch = (input, init) => (new URL(input instanceof Request ? input.url : input, location.href).pathname.startsWith('/v1/') ? responder.fetch(input, init) : original(input, init));
});
afterEach(async () => {
  document.body.replaceChildren();
  // What nobody could save is left to nobody.
  await new Promise<void>((resolve) => {
    const opening = indexedDB.open('fapi-journal', 1);
    opening.onsuccess = () => {
      const clearing = opening.result.transaction('drafts', 'readwrite');
      clearing.objectStore('drafts').clear();
      clearing.oncomplete = () => (opening.result.close(), resolve());
    };
  });
  globalThis.fetch = original;
});

const tokenOf = (who: string) => async (): Promise<{ token: string; expiresInSeconds: number }> => {
  mints.push(who);
  return { token: `token-of-${who}`, expiresInSeconds: 600 };
};
interface Page { provider: FapiProvider; editor: FapiEditor }
function put(change: Partial<FapiProvider> = {}, editorChange: Partial<FapiEditor> = {}): Page {
  const provider = Object.assign(document.createElement('fapi-provider') as FapiProvider, { fetchToken: tokenOf('ada') }, change);
  const editor = Object.assign(document.createElement('fapi-editor') as FapiEditor, { appId }, editorChange);
  provider.append(editor);
  document.body.append(provider);
  return { provider, editor };
}
const untilCode = (editor: FapiEditor, code?: string): Promise<unknown> => until(() => (code === undefined ? contentOf(editor) : contentOf(editor)?.textContent === code), code ?? 'the code editor');
async function type(editor: FapiEditor, typed: string): Promise<void> {
  typeInto(editor, typed);
  await until(() => editor.isDirty);
}
/** What was in the editor before is there no more. */
async function untilTaken(editor: FapiEditor, client: FapiClient): Promise<void> {
  const provider = editor.parentElement as FapiProvider;
  await provider.updateComplete;
  await editor.updateComplete;
  expect([provider.activeClient === client, contentOf(editor)], [true, null]);
}
const saved = (): string | undefined => responder.draft.files[0]?.content;
const isAsked = (editor: FapiEditor): boolean => text(editor).includes('Your unsaved changes are back');

describe('what was typed a moment before its page lets go of it', () => {
  for (const journal of ['browser', 'off'] as const) {
    it(`is saved when the provider leaves, and there when another one comes, with the journal ${journal}`, async () => {
      const { provider, editor } = put({ journal });
      await untilCode(editor);
      await type(editor, 'mine ');
      provider.remove();
      const next = put({ journal });
      const seen = new Set<string | undefined>();
      await until(() => {
        seen.add(contentOf(next.editor)?.textContent ?? undefined);
        return contentOf(next.editor)?.textContent === 'mine app = 1';
      }, 'the text');
      expect([saved(), seen.has('app = 1'), next.editor.isDirty, find(next.editor, '.bar')], ['mine app = 1\n', false, false, null]);
    });
  }

  it('is saved when a provider that stays takes another server or portal, with all of it in its editor', async () => {
    const { provider, editor } = put();
    await untilCode(editor);
    await type(editor, 'mine ');
    provider.fetchToken = undefined;
    provider.client = createClient({ baseUrl: location.origin, fetchToken: tokenOf('ada') });
    await untilTaken(editor, provider.client);
    await untilCode(editor, 'mine app = 1');
    expect([saved(), editor.isDirty], ['mine app = 1\n', false]);
    expect(find(editor, '.bar'), null);
    provider.client.close();
  });

  it('is in the editor again without a question where it cannot be saved, and is shown to nobody else', async () => {
    responder.refuse(`PATCH ${draftPath}`, 403, 'forbidden');
    const first = put();
    await untilCode(first.editor);
    await type(first.editor, 'mine ');
    first.provider.remove();
    await until(() => !first.provider.activeClient);

    responder.subject = 'bob';
    const bob = put({ fetchToken: tokenOf('bob') }, { autosave: 'off' });
    await untilCode(bob.editor);
    expect([contentOf(bob.editor)?.textContent, bob.editor.isDirty, isAsked(bob.editor)], ['app = 1', false, false]);
    bob.provider.remove();

    responder.subject = 'tester';
    const back = put({}, { autosave: 'off' });
    await untilCode(back.editor, 'mine app = 1');
    expect([back.editor.isDirty, isAsked(back.editor), find(back.editor, '.bar')], [true, false, null]);
    responder.accept(`PATCH ${draftPath}`);
    await back.editor.save();
    expect(saved(), 'mine app = 1\n');
  });

  it('is in the editor again where the page has closed the client that it had given, and given another', async () => {
    const [first, second] = [makeResponder(), makeResponder()];
    const editor = show<FapiEditor>('fapi-editor', first);
    const provider = editor.parentElement as FapiProvider;
    editor.autosave = 'off';
    await untilCode(editor);
    await type(editor, 'mine ');
    first.client.close();
    provider.client = second.client;
    await untilTaken(editor, second.client);
    await untilCode(editor, 'mine app = 1');
    expect([editor.isDirty, isAsked(editor)], [true, false]);
    await editor.save();
    expect(second.draft.files[0]?.content, 'mine app = 1\n');
  });

  it('of what a page that is gone had left is asked about still, where nobody has answered', async () => {
    const { provider, editor } = put({}, { autosave: 'off' });
    await untilCode(editor);
    provider.remove();
    await until(() => !provider.activeClient);
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('fapi-journal', 1);
      opening.onsuccess = () => resolve(opening.result);
    });
    const entry = { key: `${location.origin} default/tester ${appId} gone`, page: 'gone', version: 1, at: new Date().toISOString(), changes: [{ path: 'main.py', saved: 'app = 1\n', typed: 'app = 2\n' }] };
    await new Promise<void>((resolve) => {
      const writing = database.transaction('drafts', 'readwrite');
      writing.objectStore('drafts').put(entry);
      writing.oncomplete = () => (database.close(), resolve());
    });
    const next = put();
    await until(() => isAsked(next.editor), 'the question');
    next.provider.remove();
    const third = put();
    await until(() => isAsked(third.editor), 'the question again');
    expect([contentOf(third.editor)?.textContent, saved()], ['app = 2', 'app = 1\n']);
  });
});

describe('the client of a provider', () => {
  it('stays when its function is another one, which is asked for the next token', async () => {
    const { provider, editor } = put();
    await untilCode(editor);
    await type(editor, 'mine ');
    const client = provider.activeClient!;
    for (let drawn = 0; drawn < 3; drawn++) {
      provider.fetchToken = tokenOf('ada-drawn-again');
      await provider.updateComplete;
    }
    expect([provider.activeClient === client, contentOf(editor)?.textContent, mints.join()], [true, 'mine app = 1', 'ada']);
    await until(() => saved() === 'mine app = 1\n', 'the save');
    client.auth.reject((await client.auth.authorization())!);
    await client.auth.authorization();
    expect(mints.join(), 'ada,ada-drawn-again');
  });

  it('asks for no token for its last save: whoever is at the page now must not save what another has typed', async () => {
    const { provider, editor } = put();
    await untilCode(editor);
    await type(editor, 'mine ');
    responder.refuse(`PATCH ${draftPath}`, 401, 'token_expired');
    provider.fetchToken = tokenOf('bob');
    await provider.updateComplete;
    const client = provider.activeClient!;
    provider.remove();
    await until(() => client.closed.aborted, 'the end');
    expect([mints.join(), responder.seen.filter(({ method }) => method === 'PATCH').length, saved()], ['ada', 1, 'app = 1\n']);
  });
});
