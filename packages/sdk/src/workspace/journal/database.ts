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
  put(entry: Entry): Promise<void>;
  remove(key: string): Promise<void>;
  /** Those whose key begins so. */
  list(prefix: string): Promise<Entry[]>;
  keys(prefix: string): Promise<string[]>;
}

const [name, drafts] = ['fapi-journal', 'drafts'];
/** A browser that never answers must not keep an app from being shown. */
const openMs = 2_000;

/** The browser's own database; undefined where there is none, or where it may not be used. */
export async function openDatabase(): Promise<JournalDatabase | undefined> {
  try {
    const opening = globalThis.indexedDB?.open(name, 1);
    if (!opening) return undefined;
    opening.onupgradeneeded = () => void opening.result.createObjectStore(drafts, { keyPath: 'key' });
    const database = await Promise.race([settled(opening), new Promise<undefined>((resolve) => setTimeout(resolve, openMs, undefined))]);
    if (!database) return undefined;
    // Another copy of this package that is newer must be able to go on.
    database.onversionchange = () => database.close();
    const within = (mode: IDBTransactionMode): IDBObjectStore => database.transaction(drafts, mode).objectStore(drafts);
    return {
      put: async (entry) => void (await settled(within('readwrite').put(entry))),
      remove: (key) => settled(within('readwrite').delete(key)),
      list: (prefix) => settled(within('readonly').getAll(range(prefix))),
      keys: (prefix) => settled(within('readonly').getAllKeys(range(prefix)) as IDBRequest<string[]>),
    };
  } catch {
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
