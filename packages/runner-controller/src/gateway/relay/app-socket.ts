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

/** Reads a non-blocking descriptor until there is nothing left. */
function readRest(descriptor: number | undefined): Buffer | undefined {
  if (descriptor === undefined || descriptor < 0) return undefined;
  const chunks: Buffer[] = [];
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const size = readSync(descriptor, chunk);
      if (size === 0) break;
      chunks.push(chunk.subarray(0, size));
    }
  } catch {
    // EAGAIN or ECONNRESET: there is no more.
  }
  return chunks.length === 0 ? undefined : Buffer.concat(chunks);
}
