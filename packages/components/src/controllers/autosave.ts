import { isApiError, type FapiClient } from '@fapi/sdk';
import { mayPass, type AppSnapshot, type AppStore } from '@fapi/sdk/workspace';
import { beforeClose } from '../leaving.ts';

/** After the last key, and at the latest after the first one. */
const [pauseMs, longestMs] = [2_000, 15_000];
/** Until a save is tried again that failed for what passes, where the server says nothing of it: twice as long each time. */
const [againMs, longestAgainMs] = [10_000, 60_000];

/**
 * Saves the draft when a hand has rested. What was restored waits for a word of its owner, and what was refused for a change; what passes by itself, such as a disk that is full, is tried again until it has.
 * What another act failed with holds up nothing.
 */
export class Autosave {
  readonly #pending = new Map<AppStore, { timer: ReturnType<typeof setTimeout>; since: number; isAgain: boolean }>();
  /** What would be saved by itself sooner or later, and is saved at once where its client is closed. */
  readonly #wanted = new Map<AppStore, () => void>();
  /** How often in a row a save was tried again. */
  readonly #tries = new WeakMap<AppStore, number>();

  /** Sees each snapshot of a store of this client. One that waits is saved though its host is gone meanwhile. */
  see(client: FapiClient, store: AppStore, snapshot: AppSnapshot, before: AppSnapshot | undefined): void {
    const { load, dirtyPaths, save, connection, restored, deploying, error } = snapshot;
    const isAgain = save === 'failed' && mayPass(error);
    if (save === 'idle') this.#tries.delete(store);
    const isWanted = load === 'ready' && dirtyPaths.size > 0 && (isAgain || save === 'idle' || save === 'saving') && restored === undefined;
    if (!isWanted) return this.cancel(store);
    if (!this.#wanted.has(store)) this.#wanted.set(store, beforeClose(client, () => this.#save(store)));
    if (save === 'saving' || deploying || connection === 'reconnecting') return this.#wait(store);
    const known = this.#pending.get(store);
    // What has passed meanwhile is waited for no longer.
    if (known?.isAgain === isAgain && snapshot.files === before?.files) return;
    clearTimeout(known?.timer);
    const since = known?.since ?? performance.now();
    const tries = this.#tries.get(store) ?? 0;
    const askedMs = isApiError(error) ? error.retryAfterMs : undefined;
    const waitMs = isAgain ? askedMs ?? Math.min(againMs * 2 ** tries, longestAgainMs) : Math.max(0, Math.min(pauseMs, since + longestMs - performance.now()));
    this.#pending.set(store, { since, isAgain, timer: setTimeout(() => {
      if (isAgain) this.#tries.set(store, tries + 1);
      void this.#save(store);
    }, waitMs) });
  }

  cancel(store: AppStore): void {
    this.#wait(store);
    this.#wanted.get(store)?.();
    this.#wanted.delete(store);
  }

  #save(store: AppStore): Promise<void> {
    this.cancel(store);
    return store.save();
  }

  #wait(store: AppStore): void {
    clearTimeout(this.#pending.get(store)?.timer);
    this.#pending.delete(store);
  }
}
