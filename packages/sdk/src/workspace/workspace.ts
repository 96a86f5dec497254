import type { FapiClient } from '../client-types.ts';
import { isApiError } from '../errors.ts';
import { pause } from '../stream.ts';
import { createAppStore, type OwnedStore } from './app-store.ts';
import type { Workspace } from './types.ts';

const graceMs = 1_000;
const retryMs = 5_000;

/** Shares one store per app, and one stream for all of them, among everything on a page. */
export function createWorkspace(client: FapiClient): Workspace {
  const held = new Map<string, { store: OwnedStore; holders: number; leaving?: ReturnType<typeof setTimeout> | undefined }>();
  let streaming: AbortController | undefined;

  /** The set of apps changed: a new stream for all of them, which starts with the present. */
  const restream = (): void => {
    streaming?.abort();
    streaming = undefined;
    if (held.size === 0) return;
    const own = (streaming = new AbortController());
    void follow([...held.keys()], own.signal);
  };
  const follow = async (apps: readonly string[], signal: AbortSignal): Promise<void> => {
    const stores = (): OwnedStore[] => apps.flatMap((appId) => held.get(appId)?.store ?? []);
    while (!signal.aborted) {
      try {
        const onConnection = (state: 'live' | 'reconnecting'): void => stores().forEach((store) => store.onConnection(state));
        for await (const event of client.events.stream({ apps, signal, onConnection })) {
          if (signal.aborted) return;
          for (const store of 'appId' in event ? [held.get(event.appId)?.store] : stores()) store?.onEvent(event);
        }
      } catch (error) {
        if (signal.aborted) return;
        // One app that is gone must not keep the others from their stream.
        if (isApiError(error, 'app_not_found')) {
          for (const store of stores()) store.onEvent({ type: 'ready', id: '0' });
          return apps.length > 1 ? apps.forEach((appId) => void follow([appId], signal)) : undefined;
        }
        for (const store of stores()) {
          store.onConnection('reconnecting');
          store.onEvent({ type: 'ready', id: '0' });
        }
      }
      await pause(retryMs, signal);
    }
  };

  return {
    acquire(appId) {
      let entry = held.get(appId);
      if (!entry) {
        entry = { store: createAppStore(client, appId), holders: 0 };
        held.set(appId, entry);
        // Several elements of a page come in one go: one stream for all of them.
        queueMicrotask(restream);
      }
      clearTimeout(entry.leaving);
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
            if (own.holders > 0) return;
            held.delete(appId);
            own.store.dispose();
            restream();
          }, graceMs);
        },
      };
    },
  };
}
