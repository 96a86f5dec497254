import type { ReactiveController, ReactiveElement } from 'lit';

const everyMs = 15_000;
/** While something is under way whose seconds are counted. */
const quickMs = 1_000;
/** All that are in the page: two of them that told the same moment by clocks of their own would contradict each other. */
const clocks = new Set<() => void>();
const quick = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = 0;

function tick(): void {
  if (document.visibilityState !== 'visible') return;
  now = Date.now();
  for (const draw of clocks) draw();
}

function wind(): void {
  clearInterval(timer);
  timer = clocks.size === 0 ? undefined : setInterval(tick, quick.size > 0 ? quickMs : everyMs);
}

/** The one clock of the page: redraws its hosts together while they are in it and `isNeeded` says so, for relative times; each second while one of them counts seconds. */
export class ClockController implements ReactiveController {
  readonly #draw: () => void;
  readonly #isQuick: () => boolean;

  constructor(host: ReactiveElement, isNeeded: () => boolean, isQuick = () => false) {
    this.#isQuick = isQuick;
    this.#draw = () => { if (isNeeded()) host.requestUpdate(); };
    host.addController(this);
  }

  /** Epoch milliseconds, as of the last tick: what has happened since is `just now`. */
  now(): number { return now; }

  hostConnected(): void {
    clocks.add(this.#draw);
    if (timer !== undefined) return;
    now = Date.now();
    wind();
    document.addEventListener('visibilitychange', tick);
  }

  hostUpdated(): void { this.#count(clocks.has(this.#draw) && this.#isQuick()); }

  hostDisconnected(): void {
    clocks.delete(this.#draw);
    this.#count(false);
    if (clocks.size > 0) return;
    wind();
    document.removeEventListener('visibilitychange', tick);
  }

  #count(isQuick: boolean): void {
    if (isQuick === quick.has(this.#draw)) return;
    quick[isQuick ? 'add' : 'delete'](this.#draw);
    wind();
  }
}
