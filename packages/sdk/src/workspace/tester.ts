import type { FapiClient } from '../fapi-client.ts';
import type { State } from './state.ts';
import { patchOf, type WorkingCopy } from './working-copy.ts';

export interface Tester {
  run(select?: readonly string[]): Promise<void>;
  cancel(): void;
}

/** Runs the tests of the working copy, one run at a time. */
export function createTester(client: FapiClient, state: State, copyOf: () => WorkingCopy): Tester {
  let running: AbortController | undefined;
  const cancel = (): void => {
    if (!running) return;
    running.abort();
    running = undefined;
    const { run } = state.snapshot.tests;
    state.set({ tests: { state: run ? 'done' : 'idle', run, error: undefined } });
  };
  return {
    cancel,
    async run(select) {
      running?.abort();
      const own = (running = new AbortController());
      const { version } = copyOf();
      const { run: former } = state.snapshot.tests;
      state.set({ tests: { state: 'running', run: former, error: undefined } });
      try {
        const run = await client.drafts.test(state.snapshot.appId, { draftVersion: version, patch: patchOf(copyOf()), ...(select ? { select: [...select] } : {}) }, { signal: own.signal });
        if (!own.signal.aborted) state.set({ tests: { state: 'done', run, error: undefined } });
      } catch (error) {
        if (!own.signal.aborted) state.set({ tests: { state: 'failed', run: former, error } });
      } finally {
        if (running === own) running = undefined;
      }
    },
  };
}
