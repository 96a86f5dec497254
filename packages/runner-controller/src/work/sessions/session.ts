import { CallRefusedError } from '../bus.ts';
import { createWake } from '../wake.ts';
import { type Frame, writeFrame } from './frames.ts';
import { type Session, type SessionEnd, sessionMessageLimitBytes } from './port.ts';

const waitingLimit = 1_000;
const waitingLimitBytes = 8 * 1024 * 1024;
export const silentBeats = 4;

/** This side's end of a session; whoever listens for it hands it the other side's frames. */
export interface SessionEndpoint {
  session: Session;
  /** Undefined is a frame that could not be read. */
  take(frame: Frame | undefined): void;
  /** Both sides know each other from now on: texts go out, and the heart beats. */
  begin(put: (body: string) => void): void;
  end(end: SessionEnd): void;
}

/** Ends by a gap in the numbers, by silence of four beats or by a queue that nobody reads. `onUse` is called once, before the first `send` or reading, and may begin it. */
export function createEndpoint({ address, beatMs, onUse = () => undefined }: { address: string; beatMs: number; onUse?: () => void }): SessionEndpoint {
  const over = new AbortController();
  const { wake, sleep } = createWake(over.signal);
  const { promise: ended, resolve } = Promise.withResolvers<SessionEnd>();
  let put: ((body: string) => void) | undefined;
  let heart: NodeJS.Timeout | undefined;
  let silent = 0;
  let sent = 0;
  let received = 0;
  let waiting: string[] = [];
  let waitingBytes = 0;
  let isUsed = false;
  let isLeft = false;

  const use = (): void => {
    if (isUsed || over.signal.aborted) return;
    isUsed = true;
    onUse();
  };
  const finish = (end: SessionEnd, isTold: boolean): void => {
    if (over.signal.aborted) return;
    clearInterval(heart);
    if (!isTold) put?.(writeFrame({ from: address, kind: 'end', end }));
    resolve(end);
    over.abort();
  };
  const lose = (message: string): void => finish({ reason: 'gap', message }, false);
  const beat = (): void => {
    // Counted and not timed: after a stall of this process itself its own clock would accuse the other side.
    if (++silent >= silentBeats) return finish({ reason: 'timeout', message: 'the other side was not heard of any more' }, false);
    put?.(writeFrame({ from: address, kind: 'beat', number: sent }));
  };

  const session: Session = {
    send(text) {
      const bytes = Buffer.byteLength(text);
      if (bytes > sessionMessageLimitBytes) throw new CallRefusedError('too_large', `a message of ${bytes} bytes is more than the ${sessionMessageLimitBytes} that a session carries`);
      if (over.signal.aborted) return;
      use();
      put?.(writeFrame({ from: address, kind: 'text', number: ++sent, text }));
    },
    ended,
    close(message) {
      isLeft = true;
      finish({ reason: 'closed', message }, false);
    },
    async *[Symbol.asyncIterator]() {
      use();
      for (;;) {
        const taken = waiting;
        waiting = [];
        for (const text of taken) {
          if (isLeft) return;
          waitingBytes -= text.length;
          yield text;
        }
        if (waiting.length > 0) continue;
        if (over.signal.aborted) return;
        await sleep();
      }
    },
  };

  return {
    session,
    take(frame) {
      if (over.signal.aborted) return;
      silent = 0;
      if (frame?.kind === 'end') return finish(frame.end, true);
      if (frame?.kind === 'beat') return frame.number === received ? undefined : lose(`message ${received + 1} of the other side did not come`);
      if (frame?.kind !== 'text') return lose('a frame could not be read');
      if (frame.number !== received + 1) return lose(`message ${frame.number} came in the place of ${received + 1}`);
      received++;
      if (waiting.length >= waitingLimit || waitingBytes + frame.text.length > waitingLimitBytes) return lose('more messages came than were read');
      waiting.push(frame.text);
      waitingBytes += frame.text.length;
      wake();
    },
    begin(to) {
      if (over.signal.aborted || put) return;
      put = to;
      heart = setInterval(beat, beatMs);
    },
    end: (end) => finish(end, false),
  };
}
