import type { FailureReport, Finding } from '@fapi/sdk/contract';
import type { LogBatch, MetricsSample } from '../work/messages.ts';

/** What a runtime is asked to serve. */
export interface Wanted {
  appId: string;
  host: string;
  generation: number;
  /** Digest of the revision. */
  revision: string;
  bundleSha256: string;
  envVersion: number;
}

export interface Observed {
  appId: string;
  /** The revision on the routed path. */
  active?: { generation: number; revision: string } | undefined;
  candidate?: { generation: number; revision: string } | undefined;
  health: 'running' | 'asleep' | 'crashed' | 'stopped';
  /** How user code last failed, and for which generation. */
  failure?: { generation: number; report: FailureReport } | undefined;
}

/** User code failed: a status, not our error. Never retried for its generation. */
export class UserCodeError extends Error {
  override readonly name = 'UserCodeError';
  readonly report: FailureReport;
  constructor(report: FailureReport) {
    super(report.message);
    this.report = report;
  }
}

/** The runtime knows a newer generation of this app: stop acting for this one. */
export class StaleError extends Error {
  override readonly name = 'StaleError';
}

/** A newer controller acts on this runtime: this one must do nothing and say nothing more. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

/** The runtime cannot be reached now; try again. */
export class RuntimeUnavailableError extends Error {
  override readonly name = 'RuntimeUnavailableError';
}

export type RuntimeItem = { kind: 'log'; value: LogBatch } | { kind: 'metrics'; value: MetricsSample };

/** Gives the bytes of a bundle, checked against its SHA-256. Rejects with `BundleError` when there is none. */
export type FetchBundle = (sha256: string, signal: AbortSignal) => Promise<Uint8Array>;

/**
 * The port to what runs apps: local processes or Kubernetes. Every act is idempotent and fenced by generation: `StaleError` when it lost.
 * All acts reject with `UserCodeError` when user code failed, with `RuntimeUnavailableError` when nobody could be asked and with `OvertakenError` when another controller may be asked only.
 */
export interface Runtime {
  /** For logs and `ping`: the kind, and how well it isolates (0..3). */
  describe(): { kind: string; isolationLevel: number };
  observe(appId: string): Promise<Observed | undefined>;
  /** Ids of every app that exists here, for adoption and resync. */
  list(): Promise<string[]>;
  /** All findings of a revision; runs no user code on the path that serves. */
  validate(wanted: Pick<Wanted, 'revision' | 'bundleSha256'>, signal: AbortSignal): Promise<{ findings: Finding[]; durationMs: number }>;
  /** Imports the revision in a child that does not serve yet. */
  prepare(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number }>;
  /** Starts the prepared child, switches the route to it and lets the former one drain. */
  activate(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number }>;
  /** Asks on the path that users take, over a fresh connection, who answers. */
  verify(wanted: Wanted, signal: AbortSignal): Promise<{ revision: string; generation: number }>;
  /** Ends the app here, folder included. An unknown app is an outcome. */
  remove(appId: string, generation: number): Promise<void>;
  /** Ids of apps whose observed state may have changed, from this call on. May miss some: resync exists. Ends by its signal. */
  changes(signal: AbortSignal): AsyncIterable<string>;
  /** Logs and counters as they come, and the log lines that were kept while nobody listened. Ends by its signal. */
  items(signal: AbortSignal): AsyncIterable<RuntimeItem>;
  /** Undefined while it works, else a sentence. */
  problem(): string | undefined;
  /** Lets go of the runners without ending them. */
  close(): Promise<void>;
}
