import { isApiError } from '@fapi/sdk';
import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';

/** After the last key, and at the latest after the first one. */
const [pauseMs, longestMs] = [2_000, 15_000];
/** Until a full disk is asked again, where the server says nothing of it. */
const fullMs = 10_000;

/** Saves the draft when a hand has rested. What was restored waits for a word of its owner, and what was refused for a change; a disk that is full is asked again until it is not. */
export class Autosave {
  readonly #pending = new Map<AppStore, { timer: ReturnType<typeof setTimeout>; since: number }>();

  /** Sees each snapshot of a store. One that waits is saved though its host is gone meanwhile. */
  see(store: AppStore, snapshot: AppSnapshot, before: AppSnapshot | undefined): void {
    const { dirtyPaths, save, connection, restored, deploying, error } = snapshot;
    const full = isApiError(error, 'storage_full') ? error : undefined;
    const mayWork = dirtyPaths.size > 0 && (full ? save === 'failed' : save === 'idle' && error === undefined) && restored === undefined && !deploying && connection !== 'reconnecting';
    if (!mayWork) return this.cancel(store);
    const known = this.#pending.get(store);
    if (known && snapshot.files === before?.files) return;
    clearTimeout(known?.timer);
    const since = known?.since ?? performance.now();
    const waitMs = full ? full.retryAfterMs ?? fullMs : Math.max(0, Math.min(pauseMs, since + longestMs - performance.now()));
    this.#pending.set(store, { since, timer: setTimeout(() => {
      this.#pending.delete(store);
      void store.save();
    }, waitMs) });
  }

  cancel(store: AppStore): void {
    clearTimeout(this.#pending.get(store)?.timer);
    this.#pending.delete(store);
  }
}
