/** What a session is opened with: the app, and its draft as it was last saved. */
export interface SessionOpening {
  sessionId: string;
  appId: string;
  /** `digest` of the draft's files (`sha256:<hex>`), `sha256` (hex) of the bundle's bytes, which are fetched from the server. */
  draft: { digest: string; sha256: string };
}

/**
 * Why a session is over. `closed`: one side was done with it. `gap`: a message was lost, or could not be kept, so both sides must begin anew.
 * `refused`: the controller's side gave it up, with a code of the contract. `timeout`: the other side was not heard of any more.
 */
export interface SessionEnd { reason: 'closed' | 'gap' | 'refused' | 'timeout'; code?: string | undefined; message?: string | undefined }

/** One end of a conversation of texts, in order and without a gap. Both ends are over at the same time, but for what has still to be read. */
export interface Session extends AsyncIterable<string> {
  /** Never waits. Throws a `CallRefusedError` (`too_large`) above `sessionMessageLimitBytes`, and goes on; after the end it does nothing. */
  send(text: string): void;
  /** Resolves when the session is over; never rejects. */
  readonly ended: Promise<SessionEnd>;
  close(message?: string): void;
}

/** Point to point and numbered. A lost or reordered message, silence (10 s) or a full queue ends a session on both sides. */
export interface SessionChannel {
  /**
   * Resolves when a controller has taken it. Rejects with `CallRefusedError` when that one refuses, at once with `NobodyServesError` when nobody listens,
   * with `CallTimeoutError` when nobody works on it, or nobody took it in time, or with the reason of the signal, which has no say any more afterwards.
   */
  open(opening: SessionOpening, options?: { signal?: AbortSignal }): Promise<Session>;
  /**
   * The handler has every opening, as all who serve do; it takes the session by its first `send` or by reading it, and the first who does has it. What was sent to it before waits.
   * When it returns, the session is closed; when it throws, refused, with the code of a `CallRefusedError`. One that throws `NotInChargeError` before it took it leaves it to the others.
   * Ends by its signal, and its sessions with it.
   */
  serve(handler: (opening: SessionOpening, session: Session) => Promise<void>, options: { signal: AbortSignal }): Promise<void>;
}

/** UTF-8 bytes of one text: with its head it is one message of the bus, which carries 1 MiB. */
export const sessionMessageLimitBytes = 1_000_000;
