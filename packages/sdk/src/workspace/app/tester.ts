import type { FapiClient } from '../../fapi-client.ts';
import type { State } from '../state.ts';
import type { AppSnapshot } from '../types.ts';
import { dirtyPathsOf, patchOf, type WorkingCopy } from './working-copy.ts';

export interface Tester {
  run(select?: readonly string[]): Promise<void>;
  cancel(): void;
  /** Whether the last run was of a text that is the same as this. */
  isOf(copy: WorkingCopy): boolean;
}

/** Runs the tests of the working copy, one run at a time. */
export function createTester(client: FapiClient, state: State, copyOf: () => WorkingCopy): Tester {
  let running: AbortController | undefined;
  let tested: WorkingCopy['files'] | undefined;
  const isOf = (copy: WorkingCopy): boolean => tested !== undefined && dirtyPathsOf({ ...copy, saved: tested }).size === 0;
  const tell = (change: Partial<AppSnapshot['tests']>): void => state.set({ tests: { ...state.snapshot.tests, error: undefined, ...change } });
  const cancel = (): void => {
    if (!running) return;
    running.abort();
    running = undefined;
    tell({ state: state.snapshot.tests.run ? 'done' : 'idle' });
  };
  return {
    cancel,
    isOf,
    async run(select) {
      running?.abort();
      const own = (running = new AbortController());
      const { version, files } = copyOf();
      tell({ state: 'running' });
      try {
        const run = await client.drafts.test(state.snapshot.appId, { draftVersion: version, patch: patchOf(copyOf()), ...(select ? { select: [...select] } : {}) }, { signal: own.signal });
        if (own.signal.aborted) return;
        tested = files;
        tell({ state: 'done', run, isCurrent: isOf(copyOf()) });
      } catch (error) {
        if (!own.signal.aborted) tell({ state: 'failed', error });
      } finally {
        if (running === own) running = undefined;
      }
    },
  };
}
