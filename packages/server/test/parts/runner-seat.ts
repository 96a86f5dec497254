import type { Call, CallAnswer, WorkBus } from '@fapi/runner-controller/work';

/** The test in the controller's place: it answers calls and remembers them. */
export interface RunnerSeat {
  readonly calls: Call[];
  leave(): Promise<void>;
}

export function takeRunnerSeat(bus: WorkBus, level = 3): RunnerSeat {
  const calls: Call[] = [];
  const stop = new AbortController();
  const serving = bus.calls.serve(async (call): Promise<CallAnswer> => {
    calls.push(call);
    if (call.kind === 'validate') return { schema: 1, kind: 'validate', findings: [], durationMs: 1 };
    if (call.kind === 'test') return { schema: 1, kind: 'test', run: { passed: 1, failed: 0, skipped: 0, durationMs: 1, findings: [], output: [], outputDropped: 0 } };
    if (call.kind === 'convert') return { schema: 1, kind: 'convert', plan: { files: [{ path: 'main.py', pieces: [[0, 4], 'new'] }], kept: [], routes: 1, durationMs: 1 } };
    if (call.kind === 'cancel') return { schema: 1, kind: 'cancel', isCancelled: true };
    return { schema: 1, kind: 'ping', runtime: { kind: 'test', isolation: { level, layers: [] }, python: '3.11.0', stack: {}, packages: { fastapi: '0.165.0', httpx: '0.28.1' } } };
  }, stop.signal);
  return {
    calls,
    async leave() {
      stop.abort();
      await serving;
    },
  };
}
