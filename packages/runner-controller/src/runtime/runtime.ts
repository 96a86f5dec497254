import type { ConversionPlan, DryImport, EgressGrant, FailureReport, Finding, LimitValues, RunSettings, StageNote, TestRun } from '@fapi/sdk/contract';
import type { EnvironmentValues } from '../work/environments.ts';
import type { DescribedRuntime, LogBatch, MetricsSample } from '../work/messages.ts';

/** What an app holds of its limits; what is not known is absent. Of one that has several places, that of the one that holds most. */
export interface AppUse { memoryBytes?: number | undefined; folderBytes?: number | undefined }

/** What a runtime is asked to serve. */
export interface Wanted {
  appId: string;
  host: string;
  generation: number;
  /** Digest of the revision. */
  revision: string;
  bundleSha256: string;
  envVersion: number;
  settings: RunSettings;
  egress: readonly EgressGrant[];
  /** Absent: what every app has. */
  limits?: LimitValues | undefined;
}

export interface Observed {
  appId: string;
  /** The revision on the routed path. */
  active?: { generation: number; revision: string } | undefined;
  candidate?: { generation: number; revision: string } | undefined;
  health: 'running' | 'asleep' | 'crashed' | 'stopped';
  /** The runtime went back by itself: this generation is over, and how it ended. */
  rolledBack?: { from: number; report: FailureReport } | undefined;
  /** How user code last failed, and for which generation. */
  failure?: { generation: number; report: FailureReport } | undefined;
  /** How the active revision last crashed, however soon it was back. */
  lastCrash?: { generation: number; at: string; report: FailureReport } | undefined;
  /** It did not last, three starts in a row. */
  isCrashLooping?: boolean | undefined;
  /** What the active revision cannot do, or what blocks it, while it runs. */
  trouble?: FailureReport | undefined;
}

/** User code failed: a status, not our error. Never retried for its generation. */
export class UserCodeError extends Error {
  override readonly name = 'UserCodeError';
  readonly report: FailureReport;
  /** The same as a finding, for the editor. */
  readonly finding: Finding | undefined;
  constructor(report: FailureReport, finding?: Finding) {
    super(report.message);
    this.report = report;
    this.finding = finding;
  }
}

/** Nothing was imported ahead: a newer draft took its place, or no core was free. Not a failure of anything. */
export class DroppedError extends Error {
  override readonly name = 'DroppedError';
}

/** The runtime cannot give this app what was asked for, now or later: the message says what and why. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
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
  override readonly name: string = 'RuntimeUnavailableError';
}

/** There are places to check and try what is being edited, and all of them are in use; somebody has waited for one. */
export class WorkbenchBusyError extends RuntimeUnavailableError {
  override readonly name = 'WorkbenchBusyError';
}

/** There is no language server for one more editor: `code` says why, in the words of the contract. */
export class LanguageRefusedError extends RuntimeUnavailableError {
  override readonly name = 'LanguageRefusedError';
  readonly code: 'language_unavailable' | 'rate_limited';
  constructor(code: LanguageRefusedError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Another controller may act on this runtime by now, or not: until that is known this one must do nothing and say nothing. */
export class InDoubtError extends RuntimeUnavailableError {
  override readonly name = 'InDoubtError';
}

/** Why an editor's session is over; without a code it was closed by whoever opened it. */
export interface LanguageEnd { code?: string; message: string }

/** One editor's session with language servers: messages of the Language Server Protocol as JSON, one by one and in order. Read once. */
export interface LanguageLink extends AsyncIterable<string> {
  /** Never waits; after the end it does nothing. */
  send(text: string): void;
  /** Never rejects. */
  readonly closed: Promise<LanguageEnd>;
  close(): void;
}

export type RuntimeItem = { kind: 'log'; value: LogBatch } | { kind: 'metrics'; value: MetricsSample };

/** Gives the bytes of a bundle, checked against its SHA-256. Rejects with `NotServedError` when there is none. */
export type FetchBundle = (sha256: string, signal: AbortSignal) => Promise<Uint8Array>;

/** Gives the values of one version of an app's environment: those of what is live, or those for drafts and tests. Rejects with `NotServedError` when there is none. */
export type FetchEnvironment = (appId: string, version: number, values: 'live' | 'draft', signal: AbortSignal) => Promise<EnvironmentValues>;

/**
 * The port to what runs apps: local processes or Kubernetes. Every act is idempotent and fenced by generation: `StaleError` when it lost.
 * All acts reject with `UserCodeError` when user code failed, with `RuntimeUnavailableError` when nobody could be asked and with `OvertakenError` when another controller may be asked only.
 */
export interface Runtime {
  /** What it is and how well it isolates, as its agent has tried it. It is asked now: rejects with `RuntimeUnavailableError` when nobody answers at once. */
  describe(): Promise<DescribedRuntime>;
  observe(appId: string): Promise<Observed | undefined>;
  /** All findings of a revision; runs no user code on the path that serves. Of an urgent one, linters are asked only where something is an error. */
  validate(wanted: Pick<Wanted, 'appId' | 'revision' | 'bundleSha256'>, signal: AbortSignal, how?: { isUrgent: boolean }): Promise<{ findings: Finding[]; durationMs: number }>;
  /** Imports a draft ahead of any deploy, in a sandbox; `prepare` of the same revision then has nothing left to do. Rejects with `DroppedError` too. */
  dryImport(wanted: Omit<Wanted, 'generation'>, editing: { session: string; sequence: number; values: 'live' | 'draft' }, signal: AbortSignal): Promise<DryImport>;
  /** Opens a session on a draft's files for one editor. Rejects with `LanguageRefusedError` too. `signal` has no say once it is open. */
  openLanguage(wanted: Pick<Wanted, 'appId' | 'revision' | 'bundleSha256'>, signal: AbortSignal): Promise<LanguageLink>;
  /** Runs the revision's own tests in a folder that is thrown away. */
  test(wanted: Pick<Wanted, 'appId' | 'revision' | 'bundleSha256' | 'envVersion'>, tests: { select: readonly string[]; deadlineMs: number }, signal: AbortSignal): Promise<Omit<TestRun, 'draftVersion' | 'digest'>>;
  /** The revision's main.py in several files, or why not; both versions are imported, in folders that are thrown away. */
  convert(wanted: Pick<Wanted, 'appId' | 'revision' | 'bundleSha256' | 'envVersion'>, signal: AbortSignal): Promise<ConversionPlan>;
  /** Imports the revision in a child that does not serve yet. `note` says what made it take longer than usual. */
  prepare(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number; note?: StageNote }>;
  /** Starts the prepared child, switches the route to it and lets the former one drain. */
  activate(wanted: Wanted, signal: AbortSignal): Promise<{ durationMs: number }>;
  /** Gives up a generation that was prepared and will never serve: nothing goes by it any more, and what serves keeps of its grants only those that this one has too. Said again and again, also of what was never prepared. */
  abandon(wanted: Wanted, signal: AbortSignal): Promise<void>;
  /** Asks on the path that users take, over a fresh connection, who answers. */
  verify(wanted: Wanted, signal: AbortSignal): Promise<{ revision: string; generation: number }>;
  /** Applies what does not wait for a deployment: when an app that nobody asks for sleeps. An unknown app is an outcome. */
  applySettings(appId: string, settings: RunSettings): Promise<void>;
  /** Ends whoever serves, until it is activated again; the app's folder is kept where folders outlive who serves. One that is hidden has no route. An unknown app is an outcome. */
  stop(appId: string, generation: number, how: { isHidden: boolean }): Promise<void>;
  /** Ends the app here, folder included. An unknown app is an outcome. */
  remove(appId: string, generation: number): Promise<void>;
  /** What the app holds now. An unknown app is an outcome: nothing is known of it. */
  usage(appId: string): Promise<AppUse>;
  /** Ids of apps whose observed state may have changed, from this call on. May miss some: resync exists. Ends by its signal. */
  changes(signal: AbortSignal): AsyncIterable<string>;
  /** Logs and counters as they come, and the log lines that were kept while nobody listened. Ends by its signal. */
  items(signal: AbortSignal): AsyncIterable<RuntimeItem>;
  /** Throws `OvertakenError` or `InDoubtError`, from what is known here and now: asked before anything is said. */
  assertInCharge(): void;
  /** Undefined while it works, else a sentence. */
  problem(): string | undefined;
  /** Lets go of the runners without ending them. */
  close(): Promise<void>;
}
