import type { FapiEditor } from '../src/index.ts';
import { appId, makeResponder, type Responder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, hasNoViolations, hear, show, text, typeInto } from './show.ts';

const draftPath = `/v1/apps/${appId}/draft`;
const saves = (responder: Responder): number => responder.seen.filter(({ method, path }) => method === 'PATCH' && path === draftPath).length;
async function open(responder: Responder): Promise<FapiEditor> {
  const editor = show<FapiEditor>('fapi-editor', responder);
  await until(() => contentOf(editor), 'the code editor');
  return editor;
}

interface Entry { key: string; page: string; version: number; at: string; changes: { path: string; saved?: string; typed?: string }[] }
const settled = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
/** The browser's own database, as another page would find it. */
async function journal(): Promise<IDBObjectStore> {
  const opening = indexedDB.open('fapi-journal', 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore('drafts', { keyPath: 'key' });
  return (await settled(opening)).transaction('drafts', 'readwrite').objectStore('drafts');
}
const entries = async (): Promise<Entry[]> => settled((await journal()).getAll());
async function untilKept(look: (entries: Entry[]) => boolean, what: string): Promise<Entry[]> {
  for (const deadline = performance.now() + 8_000; ; ) {
    const found = await entries();
    if (look(found)) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not come true: ${JSON.stringify(found)}`);
    // A browser tells nobody of a change in its database.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
let pages = 0;
/** As a page that has crashed leaves it. */
async function leave(change: Partial<Entry> = {}, owner = 'default/tester'): Promise<void> {
  const page = change.page ?? `gone${++pages}`;
  await settled((await journal()).put({ key: `${location.origin} ${owner} ${appId} ${page}`, page, version: 1, at: new Date().toISOString(), changes: [{ path: 'main.py', saved: 'app = 1\n', typed: 'app = 2\n' }], ...change }));
}
/** Written by a page that lives. */
const isOwn = ({ page }: Entry): boolean => !page.startsWith('gone');
/** True when the page would ask before it goes. */
const asks = (): boolean => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

afterEach(async () => {
  document.body.replaceChildren();
  await settled((await journal()).clear());
});

describe('a draft that nobody saves', () => {
  it('is saved by itself when the hand rests, and the page asks no more before it goes', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    const saved = hear(editor, 'fapi-save');
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    expect(saves(responder), 0);
    await until(() => saved.length > 0, 'the save');
    expect(responder.draft.files[0]?.content, 'mine app = 1\n');
    expect(editor.isDirty, false);
    expect(asks(), false);
    await untilKept((all) => all.length === 0, 'nothing kept of what is saved');
  });

  it('shows the conflict when somebody else has saved first, and saves over nobody', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    responder.draft = { ...responder.draft, version: 2, files: [{ path: 'main.py', content: 'theirs = 1\n' }] };
    await until(() => text(editor).includes('Keep mine'), 'the conflict');
    expect(responder.draft.files[0]?.content, 'theirs = 1\n');
    expect(contentOf(editor)?.textContent, 'mine app = 1');
    await untilKept((all) => all.some(isOwn), 'it is kept meanwhile');
  });

  it('waits while the server is away, and is saved when it is back', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    await until(() => responder.openStreams > 0);
    responder.setAway(true);
    typeInto(editor, 'mine ');
    await untilKept((all) => all[0]?.changes[0]?.typed === 'mine app = 1\n', 'kept meanwhile');
    responder.setAway(false);
    await until(() => !editor.isDirty, 'the save');
    expect(responder.draft.files[0]?.content, 'mine app = 1\n');
  });

  it('is not saved with autosave="off", but kept in the browser: the page asks until it is', async () => {
    const responder = makeResponder();
    const editor = await open(responder);
    editor.autosave = 'off';
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty);
    expect(asks(), true);
    const [entry] = await untilKept((all) => all.length === 1, 'an entry');
    expect([entry!.version, entry!.changes], [1, [{ path: 'main.py', saved: 'app = 1\n', typed: 'mine app = 1\n' }]]);
    await until(() => !asks(), 'no question any more');
    expect(saves(responder), 0);
  });
});

describe('what a page that is gone had not saved', () => {
  it('is back with a quiet word, is not saved unasked, and is when it is kept', async () => {
    await leave();
    const responder = makeResponder();
    const editor = await open(responder);
    await until(() => text(editor).includes('Your unsaved changes are back, typed'));
    expect(contentOf(editor)?.textContent, 'app = 2');
    expect(editor.isDirty, true);
    await hasNoViolations(editor);
    const kept = await untilKept((all) => all.length === 1 && isOwn(all[0]!), 'it is of this page now');
    expect(kept[0]!.changes[0]!.typed, 'app = 2\n');
    [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.bar button')].find((button) => button.textContent === 'Keep it')!.click();
    await until(() => !find(editor, '.bar'));
    await until(() => responder.draft.files[0]?.content === 'app = 2\n', 'the save');
    await untilKept((all) => all.length === 0, 'nothing kept of what is saved');
  });

  it('is gone for good when it is discarded', async () => {
    await leave();
    const responder = makeResponder();
    const editor = await open(responder);
    await until(() => find(editor, '.bar'));
    [...editor.shadowRoot!.querySelectorAll<HTMLElement>('.bar button')].find((button) => button.textContent === 'Discard it')!.click();
    await until(() => contentOf(editor)?.textContent === 'app = 1' && !editor.isDirty);
    await untilKept((all) => all.length === 0, 'nothing is kept');
    expect(saves(responder), 0);
  });

  it('is laid over what others have saved since where both fit, and is a conflict where they do not', async () => {
    await leave({ changes: [{ path: 'main.py', saved: 'app = 1\n', typed: 'app = 2\n' }, { path: 'gone.py', saved: 'x = 1\n' }, { path: 'new.py', typed: 'n = 1\n' }] });
    const apart = makeResponder([{ path: 'gone.py', content: 'x = 1\n' }, { path: 'main.py', content: 'app = 1\n' }, { path: 'theirs.py', content: 't = 1\n' }]);
    apart.draft = { ...apart.draft, version: 7 };
    const editor = await open(apart);
    await until(() => find(editor, '.bar'));
    expect(contentOf(editor)?.textContent, 'app = 2');
    await editor.save();
    expect(apart.draft.files, [{ path: 'main.py', content: 'app = 2\n' }, { path: 'new.py', content: 'n = 1\n' }, { path: 'theirs.py', content: 't = 1\n' }]);
    document.body.replaceChildren();

    await leave();
    const same = makeResponder([{ path: 'main.py', content: 'app = 3\n' }]);
    same.draft = { ...same.draft, version: 7 };
    const other = await open(same);
    await until(() => text(other).includes('Keep mine'), 'the conflict');
    expect(contentOf(other)?.textContent, 'app = 2');
    await untilKept((all) => all.length === 1 && isOwn(all[0]!), 'it is of this page now');
  });

  it('is not said to be back when the server has it', async () => {
    await leave();
    const responder = makeResponder([{ path: 'main.py', content: 'app = 2\n' }]);
    responder.draft = { ...responder.draft, version: 2 };
    const editor = await open(responder);
    await untilKept((all) => all.length === 0, 'it is thrown away');
    expect([find(editor, '.bar'), editor.isDirty], [null, false]);
  });

  it('is kept nowhere where the portal says so, and the page asks', async () => {
    await leave();
    const editors = (['off', 'browser'] as const).map((journal) => {
      const editor = show<FapiEditor>('fapi-editor', makeResponder());
      Object.assign(editor.parentElement!, { journal });
      editor.autosave = 'off';
      return editor;
    });
    const [off, kept] = editors as [FapiEditor, FapiEditor];
    await until(() => contentOf(off) && contentOf(kept), 'the code editors');
    expect([contentOf(off)?.textContent, contentOf(kept)?.textContent], ['app = 1', 'app = 2']);
    typeInto(off, 'off ');
    await until(() => off.isDirty);
    typeInto(kept, 'kept ');
    const all = await untilKept((found) => found.some(({ changes }) => changes[0]?.typed === 'kept app = 2\n'), 'the other one is kept');
    expect(all.filter(isOwn).map(({ changes }) => changes.map(({ typed }) => typed)), [['kept app = 2\n']]);
    expect(asks(), true);
    for (const editor of editors) await editor.save();
    await until(() => !asks());
  });

  it('is its writer\'s: the next user of the browser is not shown it and saves their own, and it is there when the writer is back', async () => {
    const first = makeResponder();
    first.subject = 'ada lovelace@login.example';
    const ada = await open(first);
    ada.autosave = 'off';
    typeInto(ada, 'secret ');
    const [entry] = await untilKept((all) => all.length === 1, 'an entry');
    expect(entry!.key.startsWith(`${location.origin} default/ada%20lovelace%40login.example ${appId} `), true);
    document.body.replaceChildren();
    // As a page that is gone has left it: this one still lives.
    await settled((await journal()).clear());
    await leave({ changes: entry!.changes }, 'default/ada%20lovelace%40login.example');

    const second = makeResponder();
    second.subject = 'ada';
    const other = await open(second);
    expect([contentOf(other)?.textContent, other.isDirty, find(other, '.bar')], ['app = 1', false, null]);
    typeInto(other, 'mine ');
    await until(() => !other.isDirty && saves(second) > 0, 'the save of their own');
    expect(second.draft.files[0]?.content, 'mine app = 1\n');
    await untilKept((all) => all.length === 1 && !isOwn(all[0]!), 'what the one before has left, and nothing else');
    document.body.replaceChildren();

    const third = makeResponder();
    third.subject = first.subject;
    const back = await open(third);
    await until(() => find(back, '.bar'), 'it is back');
    expect(contentOf(back)?.textContent, 'secret app = 1');
  });

  it('is not kept while nobody knows whose it is: the page asks', async () => {
    const responder = makeResponder();
    responder.refuse('/v1/session', 403, 'forbidden');
    await leave();
    const editor = await open(responder);
    expect(contentOf(editor)?.textContent, 'app = 1');
    editor.autosave = 'off';
    typeInto(editor, 'mine ');
    await until(() => editor.isDirty && asks(), 'the question');
    responder.accept('/v1/session');
    typeInto(editor, 'more ');
    await untilKept((all) => all.some((entry) => isOwn(entry) && entry.changes[0]?.typed === 'mine more app = 1\n'), 'kept as soon as it is known');
    await until(() => !asks(), 'no question any more');
  });

  it('is left alone while its page lives, and thrown away after a month', async () => {
    const release = Promise.withResolvers<void>();
    await new Promise<void>((resolve) => void navigator.locks.request('fapi-journal gone and back', () => (resolve(), release.promise)));
    await leave({ page: 'gone and back' });
    await leave({ key: `${location.origin} default/somebody app_other gone`, page: 'gone', at: new Date(Date.now() - 31 * 86_400_000).toISOString() });
    const editor = await open(makeResponder());
    await untilKept((all) => all.map(({ page }) => page).join() === 'gone and back', 'the old one is thrown away');
    expect([contentOf(editor)?.textContent, editor.isDirty, find(editor, '.bar')], ['app = 1', false, null]);
    release.resolve();
  });
});
