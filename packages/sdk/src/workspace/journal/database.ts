import type { Change } from './restore.ts';

/** What one page had typed into one app and the server had not. Files of a draft only: no token, no variable. */
export interface Entry {
  /** `<server> <workspace>/<subject> <app> <page>`, so that what belongs to a person, and to them in an app, is one range. */
  readonly key: string;
  readonly page: string;
  /** Of the draft that it was typed over. */
  readonly version: number;
  readonly at: string;
  readonly changes: readonly Change[];
}

export interface JournalDatabase {
  /** Resolves when it is written, not when it is taken: a disk that is full says so last. */
  put(entry: Entry): Promise<void>;
  remove(key: string): Promise<void>;
  /** Those whose key begins so. */
  list(prefix: string): Promise<Entry[]>;
  keys(prefix: string): Promise<string[]>;
}

const [name, drafts] = ['fapi-journal', 'drafts'];
/** A browser that never answers must not keep an app from being shown. */
const openMs = 2_000;
/** One that has failed may do better later. */
const againMs = 30_000;

/**
 * The browser's own database; undefined where there is none, where it may not be used, or where it does not answer in time.
 * `onChange` says that another try would end otherwise: it answers after all, or what was opened is closed.
 */
export async function openDatabase(onChange: () => void): Promise<JournalDatabase | undefined> {
  try {
    const opening = globalThis.indexedDB?.open(name, 1);
    if (!opening) return undefined;
    opening.onupgradeneeded = () => void opening.result.createObjectStore(drafts, { keyPath: 'key' });
    const database = await Promise.race([settled(opening), new Promise<undefined>((resolve) => setTimeout(resolve, openMs, undefined))]);
    if (!database) {
      // Nobody would close it when another copy, or the page, wants to be rid of it.
      opening.onsuccess = () => {
        opening.result.close();
        onChange();
      };
      return undefined;
    }
    // Another copy of this package that is newer must be able to go on, and so must who deletes it all.
    database.onversionchange = () => {
      database.close();
      onChange();
    };
    database.onclose = onChange;
    const read = (): IDBObjectStore => database.transaction(drafts, 'readonly').objectStore(drafts);
    const write = (act: (store: IDBObjectStore) => void): Promise<void> => new Promise((resolve, reject) => {
      const transaction = database.transaction(drafts, 'readwrite');
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser has not written it'));
      act(transaction.objectStore(drafts));
    });
    return {
      put: (entry) => write((store) => store.put(entry)),
      remove: (key) => write((store) => store.delete(key)),
      list: async (prefix) => settled(read().getAll(range(prefix))),
      keys: async (prefix) => settled(read().getAllKeys(range(prefix)) as IDBRequest<string[]>),
    };
  } catch {
    setTimeout(onChange, againMs);
    return undefined;
  }
}

const range = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
