import { isApiError } from '../errors.ts';
import type { AppSnapshot } from './types.ts';
import { isAway } from './away.ts';

/** The present snapshot and those who want to know of the next one. */
export interface State {
  readonly snapshot: AppSnapshot;
  set(change: Partial<AppSnapshot>): void;
  /** Sets, and has listeners hear of it one task later: what is begun in this one goes on its way before anybody draws. */
  setAhead(change: Partial<AppSnapshot>): void;
  /** The server has answered something: that it cannot be reached is no more so, and goes; so does a full disk that nothing waits for. */
  hear(change?: Partial<AppSnapshot>): void;
  subscribe(listener: (snapshot: AppSnapshot) => void): () => void;
  dispose(): void;
}

/** Tells listeners in a microtask, with the changes until then gathered. */
export function createState(appId: string): State {
  const listeners = new Set<(snapshot: AppSnapshot) => void>();
  let isNotifying = false;
  let snapshot: AppSnapshot = {
    appId, load: 'loading', error: undefined, app: undefined, files: [], draftVersion: 0, dirtyPaths: new Set(), save: 'idle', conflict: undefined, merged: undefined, savedAt: undefined, restored: undefined, findings: [], areFindingsCurrent: false, validation: 'idle',
    dryImport: { preparation: undefined, reason: undefined, routes: undefined, areRoutesCurrent: false, sideEffects: [] }, tests: { state: 'idle', run: undefined, isCurrent: false, error: undefined }, conversion: { state: 'idle', proposal: undefined, before: [], error: undefined },
    deployment: undefined, deploying: false, missedDeploy: undefined, metrics: undefined, logs: [], droppedLines: 0, forgottenLines: 0, output: { state: 'loading', error: undefined }, people: [], self: undefined, connection: 'connecting',
  };
  const change = (changed: Partial<AppSnapshot>, queue: (notify: () => void) => void): void => {
    snapshot = { ...snapshot, ...changed };
    if (isNotifying) return;
    isNotifying = true;
    queue(() => {
      isNotifying = false;
      for (const listener of listeners) {
        try {
          listener(snapshot);
        } catch (error) {
          // Its own error: it must keep no other listener from seeing this.
          queueMicrotask(() => { throw error; });
        }
      }
    });
  };
  const set = (changed: Partial<AppSnapshot>): void => change(changed, queueMicrotask);
  return {
    get snapshot() {
      return snapshot;
    },
    set,
    hear(changed) {
      const { load, save, error, dirtyPaths } = snapshot;
      // Why nothing could be loaded goes when it is loaded; a full disk is said for as long as something waits to be saved.
      if (load === 'ready' && (isAway(error) || (dirtyPaths.size === 0 && isApiError(error, 'storage_full')))) set({ error: undefined, ...(save === 'failed' ? { save: 'idle' } : {}), ...changed });
      else if (changed) set(changed);
    },
    setAhead: (changed) => change(changed, (notify) => setTimeout(notify)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => listeners.clear(),
  };
}
