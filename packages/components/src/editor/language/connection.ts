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
const gap = 4409;
/** Where another try may be answered otherwise: the server stops, nobody was there, a token or a place was wanting. */
const mayComeBack = (code: number): boolean => [1001, 1006, gap, 4401, 4429].includes(code) || (code >= 4500 && code < 4600);

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
    const isGone = (): boolean => isOver || this.#isStopped || this.#session !== session;
    const end = (how: SessionEnd): void => {
      if (isGone()) return;
      isOver = true;
      this.#session = undefined;
      this.#use.end();
      this.#after(how);
    };
    const session: Session = this.#open({ onMessage: (text) => { if (this.#session === session) this.#use.onMessage(text); }, onEnd: (how) => queueMicrotask(() => end(how)) });
    this.#session = session;
    session.ready.then(async ({ root }) => {
      if (isGone()) return;
      await this.#use.begin(session, root);
      if (isGone()) return;
      this.#failures = 0;
      this.#use.onState({ status: 'on' });
    }).catch((error: unknown) => {
      // Who ends a session says so by itself, and knows better why: this is a handshake that was not answered.
      setTimeout(() => {
        if (isGone()) return;
        end({ code: 1006, reason: '', message: String(error) });
        session.close();
      });
    });
  }

  /** Somebody works again. */
  wake(): void {
    if (this.#isAsleep) this.start();
  }

  /** Nobody works any more: lets go until somebody does. */
  rest(): void {
    if (!this.#session || this.#isAsleep) return;
    this.#isAsleep = true;
    const session = this.#session;
    this.#session = undefined;
    this.#use.end();
    this.#use.onState({ status: 'asleep' });
    session.close();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#session?.close();
    this.#use.end();
  }

  #after({ code, reason }: SessionEnd): void {
    const why = reason || 'connection';
    if (!mayComeBack(code)) return this.#use.onState({ status: 'off', reason: why });
    const isGap = code === gap && this.#failures === 0;
    this.#failures += 1;
    this.#use.onState(isGap ? { status: 'connecting' } : { status: 'off', reason: why });
    // Not all pages of a server that stopped come back in one moment.
    const pauseMs = isGap ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1)) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.start(), pauseMs);
  }
}
