import type { Connection } from '../client-types.ts';
import type { FapiClient } from '../fapi-client.ts';
import { isApiError, isTokenError } from '../errors.ts';
import { pause } from '../pause.ts';
import { createAppStore, type OwnedStore } from './app/app-store.ts';
import { createJournal } from './journal/journal.ts';
import { createOwnerReader } from './journal/owner.ts';
import { createUnloadGuard } from './journal/unload-guard.ts';
import type { Workspace } from './types.ts';

const graceMs = 1_000;
const retryMs = 5_000;
/** So many of them make a minute: the longest between two tries of what hardly mends by itself. */
const mostPauses = 12;

export interface WorkspaceOptions {
  /**
   * Keeps what is typed and not saved in the browser's own database (IndexedDB, `fapi-journal`), so that a reload, a crash or a server that is away lose nothing.
   * It is kept under the subject and workspace of the session, for 30 days: nobody else is shown it, but who can read the browser's own files can. `false` on machines that strangers use: then the browser asks whoever leaves with something unsaved. Default: true.
   */
  readonly journal?: boolean;
  /** Nothing is read before this has settled: what another workspace of the same page still saves, so that it is there. */
  readonly after?: Promise<unknown> | undefined;
}

/**
 * Shares one store per app, and one stream for all of them, among everything on a page.
 * @example
 * const { store, release } = createWorkspace(fapi).acquire(app.id);
 * store.subscribe(({ dirtyPaths, deployment }) => console.log(dirtyPaths.size, deployment?.status));
 * store.edit('main.py', text);
 * await store.deploy();
 */
export function createWorkspace(client: FapiClient, { journal: isKept = true, after }: WorkspaceOptions = {}): Workspace {
  const held = new Map<string, { store: OwnedStore; holders: number; leaving?: ReturnType<typeof setTimeout> | undefined }>();
  let streaming: { apps: string; stop: AbortController } | undefined;
  let lastId: string | undefined;
  const journal = createJournal(client.baseUrl, createUnloadGuard(), createOwnerReader(client), isKept);

  // A client of an older copy of this package does not tell.
  (client.closed as AbortSignal | undefined)?.addEventListener('abort', () => {
    journal.end((appId) => held.get(appId)?.store.snapshot.restored);
    for (const { store } of held.values()) store.rest();
  });

  /** The set of apps changed: a new stream for all of them, from where the one before has come to. */
  const restream = (): void => {
    const apps = [...held].filter(([, { holders, leaving }]) => holders > 0 || leaving !== undefined).map(([appId]) => appId);
    if (streaming?.apps === apps.join()) return;
    streaming?.stop.abort();
    streaming = undefined;
    if (apps.length === 0) return;
    streaming = { apps: apps.join(), stop: new AbortController() };
    void follow(apps, streaming.stop.signal);
  };
  const follow = async (apps: readonly string[], signal: AbortSignal): Promise<void> => {
    const stores = (): OwnedStore[] => apps.flatMap((appId) => held.get(appId)?.store ?? []);
    const isOut = (): boolean => stores().every(({ snapshot: { load } }) => load === 'failed' || load === 'deleted');
    let pauses = 0;
    while (!signal.aborted) {
      try {
        const onConnection = (state: Connection): void => stores().forEach((store) => store.onConnection(state));
        for await (const event of client.events.stream({ apps, signal, onConnection, ...(lastId === undefined ? {} : { since: lastId }) })) {
          if (signal.aborted) return;
          pauses = 0;
          // A reset that stands for a poll has an id of no account; a real one is followed by ready with the same.
          if ('id' in event && event.type !== 'reset') lastId = event.id;
          for (const store of 'appId' in event ? [held.get(event.appId)?.store] : stores()) store?.onEvent(event);
        }
        // It ends by itself with its client only.
        return;
      } catch (error) {
        if (signal.aborted) return;
        // One app that is gone must not keep the others from their stream.
        const isGone = isApiError(error, 'app_not_found');
        // The stream alone asks whether the page is listed by now: so it is one call a minute.
        const isUnlisted = isApiError(error, 'origin_not_allowed');
        for (const store of stores()) {
          if (!isGone) store.onConnection('reconnecting');
          if (!isUnlisted) store.onEvent({ type: 'ready', id: '0' });
        }
        if (isGone && apps.length > 1) return apps.forEach((appId) => void follow([appId], signal));
        // What was there may be restored; what never was is not waited for.
        if (isGone && !stores().some(({ snapshot }) => snapshot.draftVersion > 0)) return;
        // A refusal hardly mends by itself, and each look at it costs several calls and tokens.
        pauses = isUnlisted ? mostPauses : Math.min(pauses * 2 || 1, mostPauses);
        // Sooner where an app is there again: somebody has chosen it, or tried it again. Or there is a token again.
        let wasOut = isOut();
        for (let left = pauses; left > 0 && !signal.aborted; left -= 1) {
          await pause(retryMs, signal);
          if ((wasOut && !isOut()) || (isTokenError(error) && client.auth.state === 'signed_in')) break;
          wasOut = isOut();
        }
      }
    }
  };

  return {
    acquire(appId) {
      let entry = held.get(appId);
      if (!entry) {
        // Before anything that takes a page time: each call needs it, and who cannot have it is told by each.
        void client.auth.authorization().catch(() => undefined);
        entry = { store: createAppStore(client, appId, journal.open(appId), after), holders: 0 };
        held.set(appId, entry);
      }
      // Several elements of a page come in one go: one stream for all of them.
      if (entry.holders === 0) queueMicrotask(restream);
      entry.store.wake();
      clearTimeout(entry.leaving);
      entry.leaving = undefined;
      entry.holders += 1;
      const own = entry;
      let isReleased = false;
      return {
        store: own.store,
        release() {
          if (isReleased) return;
          isReleased = true;
          own.holders -= 1;
          if (own.holders > 0) return;
          own.leaving = setTimeout(() => {
            own.leaving = undefined;
            // What is typed and not saved waits here, without a stream, for whoever comes back.
            if (own.store.isDirty) own.store.rest();
            else {
              held.delete(appId);
              own.store.dispose();
            }
            restream();
          }, graceMs);
        },
      };
    },
  };
}
