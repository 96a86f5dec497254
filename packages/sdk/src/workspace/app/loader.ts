import type { FapiClient } from '../../fapi-client.ts';
import type { App } from '../../contract/apps.ts';
import type { Draft } from '../../contract/files.ts';
import { isApiError } from '../../errors.ts';
import type { Output } from '../output.ts';
import type { State } from '../state.ts';

/** Of what was printed before: the most that one answer brings. */
const readLines = 2_000;

export interface Loader {
  /** Reads app, draft, output and counters. Who asks while it reads waits for the same answer. */
  load(): Promise<void>;
  /** The same by hand: whoever asks is not told what was asked before. */
  loadAnew(): Promise<void>;
  /** After a gap in the stream: what has become of the app meanwhile; one that was deleted is loaded again where it is there again. */
  refresh(): Promise<void>;
  /** The stream has told of the app: an answer that is still on its way is older. */
  overtake(): void;
}

export function createLoader(client: FapiClient, state: State, output: Output, signal: AbortSignal, { after, onApp, onDraft }: { after: Promise<unknown> | undefined; onApp: (app: App) => void; onDraft: (draft: Draft) => Promise<void> }): Loader {
  const { appId } = state.snapshot;
  const reading = { signal };
  let loading: Promise<void> | undefined;
  let overtakings = 0;
  let hasRefreshed = false;
  /** What was asked before somebody asked anew is not told as a failure any more. */
  let askings = 0;

  /** Gone stays gone: what was asked before is answered late. */
  const fail = (error: unknown): void => {
    if (!signal.aborted && state.snapshot.load !== 'deleted') state.set({ error, load: 'failed' });
  };
  const readMetrics = async (): Promise<void> => {
    // Without leave to see the metrics an app is still all there.
    const metrics = await client.apps.metrics(appId, reading).catch(() => undefined);
    if (metrics && !(state.snapshot.metrics && state.snapshot.connection === 'live')) state.set({ metrics });
  };
  /** What was printed before the stream began, or while it was away; who may not read it goes without, and is told why. */
  const readLogs = async (): Promise<void> => {
    try {
      const { lines } = await client.logs.read(appId, { limit: readLines }, reading);
      if (!signal.aborted) output.takeRead(lines);
    } catch (error) {
      if (!signal.aborted) output.fail(error);
    }
  };
  /** What the stream has told while the answer was on its way is newer, and is not told twice. */
  const readApp = async (): Promise<void> => {
    const before = overtakings;
    const app = await client.apps.read(appId, reading);
    state.hear();
    if (overtakings !== before) return;
    const { load: known, save } = state.snapshot;
    // Asked after it was deleted: it was restored, and what was refused meanwhile is refused no more.
    if (known === 'deleted') state.set({ load: 'loading', error: undefined, ...(save === 'failed' ? { save: 'idle' } : {}) });
    onApp(app);
  };
  const load = (): Promise<void> => (loading ??= (async () => {
    const asking = askings;
    if (after) await after;
    try {
      const [, draft] = await Promise.all([readApp(), client.drafts.read(appId, reading)]);
      await onDraft(draft);
      // A stream that is yet to open brings a refresh, which reads the output.
      await Promise.all([readMetrics(), hasRefreshed ? readLogs() : undefined]);
    } catch (error) {
      if (asking === askings) fail(error);
    }
  })().finally(() => (loading = undefined)));
  return {
    load,
    async loadAnew() {
      askings += 1;
      state.set({ load: 'loading', error: undefined });
      await loading;
      if (state.snapshot.load === 'loading') await load();
    },
    async refresh() {
      hasRefreshed = true;
      await loading;
      if (state.snapshot.load !== 'ready') return load();
      return (loading ??= (async () => {
        try {
          await Promise.all([readApp(), readLogs()]);
          if (state.snapshot.connection !== 'live') await readMetrics();
        } catch (error) {
          if (isApiError(error, 'app_not_found')) fail(error);
        }
      })().finally(() => (loading = undefined)));
    },
    overtake: () => void (overtakings += 1),
  };
}
