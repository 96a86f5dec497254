import { readSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * A socket that does not lose an answer to a failed write. An app may refuse an upload, answer and close: the next write fails with EPIPE,
 * and Node closes the socket although the answer is waiting in it.
 */
export class AppSocket extends Socket {
  /** Set once the app has a whole head to answer: what it sent before that is an answer to nobody. */
  mayBeAnswered = false;
  /** What was waiting when a write failed. */
  rescued: Buffer | undefined;

  override _destroy(error: NodeJS.ErrnoException | null, callback: (error?: Error | null) => void): void {
    // With bytes of the answer still in our own buffer, those from the system would follow a gap.
    if (this.mayBeAnswered && error?.syscall === 'write' && this.readableLength === 0) this.rescued = readRest((this as { _handle?: { fd?: number } })._handle?.fd);
    super._destroy(error, callback);
  }
}

/** As much as the system lets an app write ahead, unless it asks for more (208 KiB). What is beyond that may be written while we read, by an app that goes on and on, and everybody else would wait for it. */
const restLimitBytes = 256 * 1024;

/** Reads a non-blocking descriptor until there is nothing left, or too much. */
function readRest(descriptor: number | undefined): Buffer | undefined {
  if (descriptor === undefined || descriptor < 0) return undefined;
  const rest = Buffer.allocUnsafe(restLimitBytes);
  let length = 0;
  try {
    while (length < restLimitBytes) {
      const size = readSync(descriptor, rest, length, Math.min(64 * 1024, restLimitBytes - length), null);
      if (size === 0) break;
      length += size;
    }
  } catch {
    // EAGAIN or ECONNRESET: there is no more.
  }
  return length === 0 ? undefined : rest.subarray(0, length);
}
