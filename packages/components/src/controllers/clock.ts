import type { ReactiveController, ReactiveElement } from 'lit';

const everyMs = 15_000;
/** All that are in the page: two of them that told the same moment by clocks of their own would contradict each other. */
const clocks = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = 0;

function tick(): void {
  if (document.visibilityState !== 'visible') return;
  now = Date.now();
  for (const draw of clocks) draw();
}

/** The one clock of the page: redraws its hosts together while they are in it and `isNeeded` says so, for relative times. */
export class ClockController implements ReactiveController {
  readonly #draw: () => void;

  constructor(host: ReactiveElement, isNeeded: () => boolean) {
    this.#draw = () => { if (isNeeded()) host.requestUpdate(); };
    host.addController(this);
  }

  /** Epoch milliseconds, as of the last tick: what has happened since is `just now`. */
  now(): number { return now; }

  hostConnected(): void {
    clocks.add(this.#draw);
    if (timer !== undefined) return;
    now = Date.now();
    timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
  }

  hostDisconnected(): void {
    clocks.delete(this.#draw);
    if (clocks.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    document.removeEventListener('visibilitychange', tick);
  }
}
