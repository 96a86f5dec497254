import type { FapiClient } from '@fapi/sdk';
import type { AppFile } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import { addEnglish } from '../../../catalogues.ts';
import type { AppStoreController } from '../../../controllers/app-store.ts';
import type { Strings } from '../../../strings.ts';
import { entryEnglish } from '../../../strings/entry.ts';
import type { FapiEditor } from '../editor.ts';
import type { FileActs } from '../file-acts.ts';
import { readModule } from '../python-module.ts';

addEnglish(entryEnglish);

interface EntryOptions {
  readonly client: FapiClient;
  readonly store: AppStore;
  readonly acts: FileActs;
  readonly strings: Strings;
  /** The app is the one that is shown. */
  readonly isStill: () => boolean;
  readonly show: (path: string) => void;
}

const entry = 'main.py';
const shownMost = 3;
const firstApp = 'from fastapi import FastAPI\n\napp = FastAPI()\n';

/** Asks, beside the files, which of them is to be main.py: one that has the app in it, the main.py that was deleted or is live, or a new one. */
export async function askEntry(editor: FapiEditor, app: AppStoreController, acts: FileActs): Promise<void> {
  const { client, store } = app;
  if (!client || !store) return;
  editor.arrange({ areFilesShown: true, pane: 'files' });
  await ask({ client, store, acts, strings: app.strings, isStill: () => app.store === store, show: (path) => void editor.open(path) });
}

async function ask(options: EntryOptions): Promise<void> {
  const { store, acts, strings, isStill, show } = options;
  const former = acts.formerOf(entry) ?? (await liveEntry(options));
  const { files } = store.snapshot;
  if (!isStill() || files.some(({ path }) => path === entry)) return;
  const holders = files.filter(({ path, content }) => path.endsWith('.py') && [...readModule(content).owners.values()].some(({ isApp }) => isApp));
  acts.notice.say({
    words: [strings.entryGone],
    acts: [
      ...(former ? [{ word: strings.restoreEntry, run: () => put(former, options) }] : []),
      ...holders.slice(0, shownMost).map(({ path }) => ({ word: strings.makeEntry(path), run: () => { acts.act({ act: 'rename', path, to: entry }); show(entry); } })),
      ...(former || holders.length > 0 ? [] : [{ word: strings.addEntry, run: () => put({ path: entry, content: firstApp }, options) }]),
    ],
    kind: 'question',
  });
}

function put(file: AppFile, { acts, strings, show }: EntryOptions): void {
  acts.change({ put: [file] }, strings.actAdd(file.path), [strings.fileAdded(file.path)]);
  show(file.path);
}

/** As it is live; undefined where nothing is, or it cannot be read. */
async function liveEntry({ client, store }: EntryOptions): Promise<AppFile | undefined> {
  const { app, appId } = store.snapshot;
  const revision = app?.live?.revision;
  if (revision === undefined) return undefined;
  return client.revisions.files(appId, revision).then(({ files }) => files.find(({ path }) => path === entry), () => undefined);
}
