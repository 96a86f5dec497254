import type { FapiClient } from '../client-types.ts';
import { isApiError } from '../errors.ts';
import type { State } from './state.ts';
import { patchOf, type WorkingCopy } from './working-copy.ts';

const afterMs = 400;

export interface Validator {
  /** Checks after a pause in typing. */
  schedule(withinMs?: number): void;
  run(): Promise<void>;
  stop(): void;
}

/** Checks the working copy; only the newest check has a say. `onStale` is called when the server has a newer draft. */
export function createValidator(client: FapiClient, state: State, copyOf: () => WorkingCopy, onStale: () => void): Validator {
  // Of all checks of this open editor the runner needs to import the newest one only.
  const session = crypto.randomUUID();
  let sequence = 0;
  let checking: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = (): void => {
    clearTimeout(timer);
    checking?.abort();
  };
  const run = async (): Promise<void> => {
    stop();
    const own = (checking = new AbortController());
    const checked = copyOf();
    state.set({ validation: 'pending' });
    try {
      const { findings } = await client.drafts.validate(state.snapshot.appId, { draftVersion: checked.version, patch: patchOf(checked), session, sequence: ++sequence }, { signal: own.signal });
      if (!own.signal.aborted) state.set({ findings, validation: 'done' });
    } catch (error) {
      if (own.signal.aborted) return;
      // What the draft's rules refuse is said by the save and the deploy; here it only means that there is no verdict.
      state.set({ validation: 'unavailable' });
      if (isApiError(error, 'draft_conflict')) onStale();
    }
  };
  return {
    run, stop,
    schedule(withinMs = afterMs) {
      stop();
      timer = setTimeout(() => void run(), withinMs);
    },
  };
}
