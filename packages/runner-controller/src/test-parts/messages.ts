import type { MetricsSample, RunnerSpec, RunnerStatus, StreamItem } from '../work/index.ts';

type Live = Extract<RunnerSpec['desired'], { state: 'live' }>;

/** A spec as the server writes it: wanted live, neither cancelled nor settled. */
export function makeSpec(appId: string, generation: number, desired: Partial<Live> = {}): RunnerSpec {
  return {
    schema: 1, appId, workspaceId: 'ws_1', generation, host: appId,
    desired: { state: 'live', deploymentId: `dep_${generation}`, revision: `sha256:${generation}`, bundleSha256: '0'.repeat(64), envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [], cancelled: false, settled: false, ...desired },
  };
}

export function makeRemoval(appId: string, generation: number): RunnerSpec {
  return { schema: 1, appId, workspaceId: 'ws_1', generation, host: appId, desired: { state: 'removed' } };
}

/** Served by nobody, with its folder kept. */
export function makeStop(appId: string, generation: number, isHidden = false): RunnerSpec {
  return { schema: 1, appId, workspaceId: 'ws_1', generation, host: appId, desired: { state: 'stopped', isHidden } };
}

export function makeStatus(appId: string, generation: number, more: Partial<RunnerStatus> = {}): RunnerStatus {
  return { schema: 1, appId, generation, phase: 'working', stages: [], health: 'unknown', ...more };
}

export function makeLog(appId: string, seq: number): StreamItem {
  return { kind: 'log', value: { schema: 1, appId, lines: [{ seq, at: '2026-01-01T00:00:00.000Z', stream: 'stdout', generation: 1, text: `line ${seq}` }], dropped: 0 } };
}

export function makeSample(appId: string): Extract<StreamItem, { kind: 'metrics' }> {
  const value: MetricsSample = { schema: 1, appId, epoch: 'e1', at: '2026-01-01T00:00:00.000Z', totals: { requests: 1, status2xx: 1, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 0, bytesOut: 10 } };
  return { kind: 'metrics', value };
}
