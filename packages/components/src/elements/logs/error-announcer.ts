import type { LogEntry, LogLine } from '@fapi/sdk/contract';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { Strings } from '../../strings.ts';
import { drawnText, plainText } from './plain-text.ts';

/** To gather what comes together, and between two that are read out: a reader is told of errors and not kept from everything else. */
const [gatherMs, pauseMs] = [300, 5_000];
/** From the end: what is new is there. */
const lookedAt = 500;
const spokenLetters = 160;

/** Errors that came while somebody is here, to be read out: how many, and what the newest one says. */
export class ErrorAnnouncer implements ReactiveController {
  readonly #host: ReactiveElement;
  #told = new WeakSet<LogLine>();
  /** What was there before is nobody's news. */
  #newFrom: number | undefined;
  #waiting: { count: number; text: string } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #spokenAt = -Infinity;
  /** What is to be read out. */
  spoken: { readonly count: number; readonly text: string } | undefined;

  constructor(host: ReactiveElement) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void { this.forget(); }

  /** Another app, or nobody listens. */
  forget(): void {
    clearTimeout(this.#timer);
    [this.#newFrom, this.#waiting, this.#timer, this.spoken] = [undefined, undefined, undefined, undefined];
  }

  /** The output as it is now, once it is known what was there before. */
  see(entries: readonly LogEntry[], strings: Strings): void {
    this.#newFrom ??= (entries.at(-1)?.lines.at(-1)?.seq ?? 0) + 1;
    for (const { level, lines, error, isTraceback } of entries.slice(-lookedAt)) {
      const head = lines[0]!;
      // A traceback says last what it is of.
      if (level !== 'error' || head.seq < this.#newFrom || this.#told.has(head) || (isTraceback && error === undefined)) continue;
      this.#told.add(head);
      this.#waiting = { count: (this.#waiting?.count ?? 0) + 1, text: drawnText(error ?? plainText(head, strings), spokenLetters) };
    }
    if (this.#waiting && this.#timer === undefined) this.#timer = setTimeout(() => this.#speak(), Math.max(gatherMs, this.#spokenAt + pauseMs - performance.now()));
  }

  #speak(): void {
    [this.spoken, this.#waiting, this.#timer, this.#spokenAt] = [this.#waiting, undefined, undefined, performance.now()];
    this.#host.requestUpdate();
  }
}
