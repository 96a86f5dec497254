import type { LanguageState, OpenSession, Session, SessionEnd } from './types.ts';

/** What a session is used for while it lasts. */
export interface ConnectionUse {
  /** The session is there: does the handshake. What it throws ends the session. */
  begin(session: Session, root: string): Promise<void>;
  onMessage(text: string): void;
  /** The session is gone; what it was used for is of no use any more. */
  end(): void;
  onState(state: LanguageState): void;
}

const [firstPauseMs, longestPauseMs] = [1_000, 30_000];
const closed = { gap: 4409, idle: 1000 } as const;
/** Another try would be answered the same. */
const final: readonly number[] = [4400, 4403, 4404, 4413];

/** Holds one session and opens another when it ends: at once after a lost message, after a pause when nobody is there, when somebody types after a long rest, never when refused for good. */
export class Connection {
  readonly #open: OpenSession;
  readonly #use: ConnectionUse;
  #session: Session | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isAsleep = false;
  #isStopped = false;

  constructor(open: OpenSession, use: ConnectionUse) {
    this.#open = open;
    this.#use = use;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#isAsleep = false;
    let isOver = false;
    const end = (how: SessionEnd): void => {
      if (isOver || this.#isStopped) return;
      isOver = true;
      this.#session = undefined;
      this.#use.end();
      this.#after(how);
    };
    const session = this.#open({ onMessage: (text) => { if (!isOver) this.#use.onMessage(text); }, onEnd: end });
    this.#session = session;
    session.ready.then(async ({ root }) => {
      if (isOver || this.#isStopped) return;
      await this.#use.begin(session, root);
      if (isOver || this.#isStopped) return;
      this.#failures = 0;
      this.#use.onState({ status: 'on' });
    }).catch((error: unknown) => {
      // Who ends a session says so by itself, and knows better why.
      queueMicrotask(() => {
        if (isOver || this.#isStopped) return;
        session.close();
        end({ code: 1006, reason: 'connection', message: String(error) });
      });
    });
  }

  /** Somebody works again. */
  wake(): void {
    if (this.#isAsleep) this.start();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#session?.close();
    this.#use.end();
  }

  #after({ code, reason }: SessionEnd): void {
    if (code === closed.idle) {
      this.#isAsleep = true;
      return this.#use.onState({ status: 'asleep' });
    }
    const why = reason || 'connection';
    if (final.includes(code)) return this.#use.onState({ status: 'off', reason: why });
    const isGap = code === closed.gap && this.#failures === 0;
    this.#failures += 1;
    this.#use.onState(isGap ? { status: 'connecting' } : { status: 'off', reason: why });
    // Not all pages of a server that stopped come back in one moment.
    const pauseMs = isGap ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1)) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.start(), pauseMs);
  }
}
