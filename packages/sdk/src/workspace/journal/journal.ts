import type { AppSnapshot } from '../types.ts';
import { dirtyPathsOf, type WorkingCopy } from '../app/working-copy.ts';
import { type Entry, type JournalDatabase, openDatabase } from './database.ts';
import { changesOf } from './restore.ts';
import type { UnloadGuard } from './unload-guard.ts';

/** Between a key and its way into the database: shorter than from a hand's last key to a reload. */
const pauseMs = 100;
/** UTF-16 units. Twice what a draft may hold: more is not kept, and the page asks before it goes. */
const entryMax = 10_000_000;
const [entriesMax, daysMax] = [50, 30];
/** The journals that have ended in this page: known when the last word of each is written. */
const ended = new Map<string, Promise<(appId: string) => Word>>();

/**
 * What is typed into the apps of a page and not saved, in the browser's database: it outlives a reload, a crash and a server that is away.
 * It is kept under whoever typed it: on a browser that several people use, what one has left is neither shown to another nor thrown away by them.
 */
export interface Journal {
  open(appId: string): AppJournal;
  /** Writes what waits, and leaves it to whoever opens its app next in this page. `wordOf` says of what was restored that nobody has said a word of it yet. */
  end(wordOf: (appId: string) => Word): void;
}

type Word = AppSnapshot['restored'];
/** What is to be in the editor again; without `restored` nobody is asked: it was there a moment ago. */
export interface Lost extends Entry { readonly restored: Word }

export interface AppJournal {
  /** What a page that is no more has left of this app, or one like this in the same page; the newest first. What a page still has in its hands is its own. */
  findLost(): Promise<Lost | undefined>;
  /** Keeps what differs from what is saved, a moment later; nothing when nothing does. `heirOf` is the entry that it takes the place of. */
  follow(copy: WorkingCopy, heirOf?: Entry): void;
  /** Somebody did not want it back, or the server has it. */
  forget(entry: Entry): void;
}

/** `readOwner` says who types; while it cannot, or with `isKept` false, nothing is read or written: the guard asks whoever leaves with something unsaved. */
export function createJournal(server: string, guard: UnloadGuard, readOwner: () => Promise<string>, isKept = true): Journal {
  const page = globalThis.crypto?.randomUUID?.() ?? String(Math.random());
  let end!: () => void;
  const life = new Promise<void>((resolve) => { end = resolve; });
  const opened = isKept ? openOnce(server, page, life) : async () => undefined;
  const finishes = new Map<string, () => Promise<void>>();
  /** Has anybody left something of this app here? */
  const isLeft = async (appId: string): Promise<boolean> => {
    const keys = await opened().then((database) => database?.keys(`${server} `)).catch(() => undefined);
    return keys?.some((key) => key.split(' ')[2] === appId) ?? false;
  };
  return {
    open(appId) {
      // Once for the app: what is in its editor stays its writer's, whoever's token the page gets next.
      let owner: string | undefined;
      /** Of what they have left in this app; undefined where nothing can be kept. */
      const place = async (): Promise<{ database: JournalDatabase; prefix: string } | undefined> => {
        const database = await opened();
        if (!database) return undefined;
        owner ??= await findOwner(server, database, readOwner);
        return owner === undefined ? undefined : { database, prefix: `${server} ${owner} ${appId} ` };
      };
      let latest: WorkingCopy | undefined;
      let kept: WorkingCopy | undefined;
      let heritage: Entry[] = [];
      let isWritten = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let writing: Promise<void> | undefined;

      const forget = (entry: Entry): void => void opened().then((database) => database?.remove(entry.key)).catch(() => undefined);
      const write = async (): Promise<void> => {
        clearTimeout(timer);
        timer = undefined;
        const copy = latest!;
        const kin = await place();
        if (!kin) return;
        const { database, prefix } = kin;
        const key = `${prefix}${page}`;
        const changes = changesOf(copy);
        try {
          if (changes.length > 0 && sizeOf(changes) <= entryMax) {
            await database.put({ key, page, version: copy.version, at: new Date().toISOString(), changes });
            isWritten = true;
            kept = copy;
          } else if (isWritten) {
            await database.remove(key);
            isWritten = false;
          }
          // Only now that it is written anew, or needed no more.
          if (changes.length === 0 || kept === copy) for (const entry of heritage.splice(0)) forget(entry);
        } catch {
          // A full or broken database keeps nothing: the guard goes on standing.
        }
        if (latest === copy) guard.set(appId, changes.length > 0 && kept !== copy);
      };
      /** One at a time, and once more when something was typed meanwhile. */
      const flush = (): void => {
        writing ??= write().finally(() => {
          writing = undefined;
          if (timer !== undefined) flush();
        });
      };
      finishes.set(appId, async () => {
        for (; timer !== undefined || writing; await writing) flush();
      });
      return {
        async findLost() {
          const placing = place().catch(() => undefined);
          await Promise.all(ended.values());
          // Whoever types is known from now on; where nobody has left anything, a draft does not wait for it.
          if (!(await isLeft(appId))) return undefined;
          const entries = await placing.then((kin) => kin?.database.list(kin.prefix)).catch(() => undefined);
          if (!entries || entries.length === 0) return undefined;
          const living = await livingPages();
          const [lost] = entries.filter((entry) => entry.page !== page && (ended.has(entry.page) || !living.has(entry.page))).toSorted(byAge);
          const wordOf = lost && await ended.get(lost.page);
          return lost && { ...lost, restored: wordOf ? wordOf(appId) : { at: lost.at } };
        },
        follow(copy, heirOf) {
          if (heirOf) heritage = [...heritage, heirOf];
          latest = copy;
          const isDirty = dirtyPathsOf(copy).size > 0;
          guard.set(appId, isDirty, flush);
          if (!isDirty && !isWritten && !writing && heritage.length === 0) {
            clearTimeout(timer);
            timer = undefined;
          } else timer ??= setTimeout(flush, isDirty ? pauseMs : 0);
        },
        forget,
      };
    },
    end(wordOf) {
      const words = new Map([...finishes.keys()].map((appId) => [appId, wordOf(appId)]));
      ended.set(page, Promise.all([...finishes.values()].map((finish) => finish())).then(() => {
        end();
        return (appId) => words.get(appId);
      }));
    },
  };
}

/** Opens at the first need, and again where that ends otherwise; holds a lock that says that this page lives, and throws away what nobody came back for. */
function openOnce(server: string, page: string, life: Promise<void>): () => Promise<JournalDatabase | undefined> {
  let opening: Promise<JournalDatabase | undefined> | undefined;
  let isFirst = true;
  const open = async (): Promise<JournalDatabase | undefined> => {
    const database = await openDatabase(() => { opening = undefined; });
    if (!database || !isFirst) return database;
    isFirst = false;
    // Held until the page is gone, however it goes, or its client closed.
    void locks()?.request(lockName(page), () => life).catch(() => undefined);
    const oldest = new Date(Date.now() - daysMax * 86_400_000).toISOString();
    // Whoever's they are: who does not come back in a month has left nothing behind.
    void prune(database, `${server} `, ({ at }) => at < oldest).catch(() => undefined);
    return database;
  };
  return () => (opening ??= open());
}

/** Undefined while the server does not say. */
async function findOwner(server: string, database: JournalDatabase, readOwner: () => Promise<string>): Promise<string | undefined> {
  const owner = await readOwner().catch(() => undefined);
  // Of their own only: who keeps much does not push out what another has left.
  if (owner !== undefined) void prune(database, `${server} ${owner} `, (_, index) => index >= entriesMax).catch(() => undefined);
  return owner;
}

/** Removes of what pages that are no more have left, the newest first, what `isOver` says. */
async function prune(database: JournalDatabase, prefix: string, isOver: (entry: Entry, index: number) => boolean): Promise<void> {
  const [entries, living] = [await database.list(prefix), await livingPages()];
  const left = entries.filter(({ page }) => !living.has(page)).toSorted(byAge);
  for (const { key } of left.filter(isOver)) await database.remove(key);
}

const byAge = (a: Entry, b: Entry): number => (a.at < b.at ? 1 : -1);
const lockName = (page: string): string => `fapi-journal ${page}`;
/** Pages on HTTPS and localhost have them. */
const locks = (): LockManager | undefined => (globalThis.navigator as Partial<Navigator> | undefined)?.locks;

async function livingPages(): Promise<ReadonlySet<string>> {
  const { held = [] } = (await locks()?.query().catch(() => undefined)) ?? {};
  return new Set(held.map(({ name = '' }) => name.slice(lockName('').length)));
}

const sizeOf = (changes: readonly { saved?: string; typed?: string }[]): number => changes.reduce((sum, { saved = '', typed = '' }) => sum + saved.length + typed.length, 0);
