import type { FapiEditor } from '../src/index.ts';
import { makeResponder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, show, typeInto } from './show.ts';

afterEach(() => document.body.replaceChildren());

async function open(): Promise<FapiEditor> {
  const editor = show<FapiEditor>('fapi-editor', makeResponder());
  editor.autosave = 'off';
  await until(() => contentOf(editor), 'the code editor');
  return editor;
}
/** True when the page would ask before it goes. */
const asks = (): boolean => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
const settled = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
async function typedTexts(): Promise<(string | undefined)[]> {
  const opening = indexedDB.open('fapi-journal', 1);
  // After it was deleted, whoever comes first makes it.
  opening.onupgradeneeded = () => void opening.result.createObjectStore('drafts', { keyPath: 'key' });
  const database = await settled(opening);
  try {
    const entries: { changes: { typed?: string }[] }[] = await settled(database.transaction('drafts').objectStore('drafts').getAll());
    return entries.flatMap(({ changes }) => changes.map(({ typed }) => typed));
  } finally {
    database.close();
  }
}
async function untilKept(typed: string): Promise<void> {
  for (const deadline = performance.now() + 8_000; !(await typedTexts()).includes(typed); ) {
    if (performance.now() > deadline) throw new Error(`${typed} was not kept: ${JSON.stringify(await typedTexts())}`);
    // A browser tells nobody of a change in its database.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the database of a browser', () => {
  it('that takes a text and cannot write it, its disk being full, has not kept it: the page asks before it goes', async () => {
    const editor = await open();
    const { put } = IDBObjectStore.prototype;
    let aborted = 0;
    // As a browser does that runs out of space while it writes.
    IDBObjectStore.prototype.put = function (...given) {
      const request = put.apply(this, given);
      this.transaction.addEventListener('abort', () => (aborted += 1));
      request.addEventListener('success', () => this.transaction.abort());
      return request;
    };
    try {
      typeInto(editor, 'mine ');
      await until(() => aborted > 0, 'the abort');
      // Another way through the page's tasks: what follows from it has happened.
      await typedTexts();
      expect(asks(), true);
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    typeInto(editor, 'more ');
    await untilKept('mine more app = 1\n');
    await until(() => !asks(), 'no question any more');
    await editor.save();
  });

  it('that answers late shows the app meanwhile, keeps what is typed from then on, and can be deleted', async () => {
    // Who deletes it waits for this one, and whoever wants to open it for who deletes it.
    const holder = await settled(indexedDB.open('fapi-journal', 1));
    const deleting = settled(indexedDB.deleteDatabase('fapi-journal'));
    const editor = await open();
    holder.close();
    await deleting;
    typeInto(editor, 'mine ');
    await untilKept('mine app = 1\n');
    // Whoever holds it lets go of it.
    await settled(indexedDB.deleteDatabase('fapi-journal'));
    // What is typed after that is kept anew.
    typeInto(editor, 'more ');
    await untilKept('mine more app = 1\n');
    await editor.save();
  });
});
