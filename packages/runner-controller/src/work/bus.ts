import type { Call, CallAnswer, RunnerSpec, RunnerStatus, StreamItem } from './messages.ts';
import type { SessionChannel } from './sessions/port.ts';

/** What a watcher of a last-word channel sees. `message` may come twice and may skip what was overwritten; it never goes back. */
export type LastWord<T> = { kind: 'message'; value: T } | { kind: 'caught_up' } | { kind: 'unreadable'; reason: string };

/** What a last word is kept by: one per app, in the order of generations, and of sequences within one (0 when it has none). */
export interface Addressed { appId: string; generation: number; sequence?: number | undefined }

/** `stored`, or `stale` when the channel holds a newer word already: an outcome, not an error. */
export type PublishOutcome = 'stored' | 'stale';

/**
 * Keeps the last message of each app, by generation and sequence: of two words of one place, the later. A watcher gets the last word of every app, then `caught_up`, then changes.
 * `caught_up` is not sent before the publisher has said `markComplete`; absence of a message never means anything.
 */
export interface LastWordChannel<T> {
  publish(message: T, signal?: AbortSignal): Promise<PublishOutcome>;
  /** The publisher has published every row it has since it (re)connected. */
  markComplete(signal?: AbortSignal): Promise<void>;
  /** Ends only by its signal; survives the loss of the connection and then starts over with every last word. */
  watch(signal: AbortSignal): AsyncIterable<LastWord<T>>;
}

/** Rejects with `CallTimeoutError` when nobody answered within the deadline, at once with `NobodyServesError` when nobody listens. */
export interface CallChannel {
  request(call: Call, options: { timeoutMs: number; signal?: AbortSignal }): Promise<CallAnswer>;
  /**
   * Everybody who serves is given every call, and the first answer counts: one who is frozen, or no longer in charge, keeps nothing from whoever is.
   * Ends by its signal. A handler that throws answers `refused`, with the code of a `CallRefusedError`; one that throws `NotInChargeError` leaves the call to the others.
   */
  serve(handler: (call: Call, signal: AbortSignal) => Promise<CallAnswer>, signal: AbortSignal): Promise<void>;
}

/** Bounded and lossy: `publish` never waits; what does not fit is dropped and counted. */
export interface StreamChannel {
  publish(item: StreamItem): void;
  /** With `group`, each item goes to one subscriber of that group; without, to every subscriber. */
  subscribe(options: { group?: string; signal: AbortSignal }): AsyncIterable<StreamItem>;
  /** Items dropped since the start, on this side. */
  dropped(): number;
}

/** The port between server and controller. Two adapters, one suite: `memory.ts` and `nats.ts`. */
export interface WorkBus {
  readonly specs: LastWordChannel<RunnerSpec>;
  readonly statuses: LastWordChannel<RunnerStatus>;
  readonly calls: CallChannel;
  readonly streams: StreamChannel;
  readonly sessions: SessionChannel;
  /** Fires when the bus may have lost what was published (reconnect, wiped store): publish everything again, then `markComplete`. */
  onStale(listener: () => void): () => void;
  /** Undefined while the bus works, else a sentence that says what is wrong. */
  problem(): string | undefined;
  close(): Promise<void>;
}

export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError';
}

export class NobodyServesError extends Error {
  override readonly name = 'NobodyServesError';
}

/** A call, or a session, is refused for a reason that the caller tells from others, by a code of the contract. */
export class CallRefusedError extends Error {
  override readonly name = 'CallRefusedError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class NotInChargeError extends Error {
  override readonly name = 'NotInChargeError';
}
