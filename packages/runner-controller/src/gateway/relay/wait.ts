import type { AppCounts } from '../routes/route-table.ts';
import type { DataPath } from './data-path.ts';
import type { Held } from './holds.ts';

/** The time that one request may wait for its app: one bound, however often it tries again in between. */
export class Wait {
  readonly #path: DataPath;
  readonly #held: Held;
  #counts: AppCounts | undefined;
  #endsAt: number | undefined;

  constructor(path: DataPath, held: Held) {
    this.#path = path;
    this.#held = held;
  }

  get hasBegun(): boolean {
    return this.#endsAt !== undefined;
  }

  /** `waiting`: `tryAgain` will be called at a change of the routes, and after `againMs` at the latest. */
  start(counts: AppCounts, againMs: number): 'waiting' | 'full' | 'over' {
    const { limits, holds, now } = this.#path;
    if (this.#counts !== counts) {
      if (counts.held >= limits.holdsPerApp) return 'full';
      this.end();
      counts.held++;
      this.#counts = counts;
    }
    this.#endsAt ??= now() + limits.holdMs;
    const leftMs = this.#endsAt - now();
    if (leftMs <= 0) return 'over';
    holds.wait(this.#held, Math.min(Math.ceil(leftMs), againMs));
    return 'waiting';
  }

  end(): void {
    if (!this.#counts) return;
    this.#counts.held--;
    this.#counts = undefined;
    this.#path.holds.forget(this.#held);
  }
}
