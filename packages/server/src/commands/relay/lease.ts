import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { OpenDatabase } from '../../store/database/open.ts';
import { releaseLease, takeLease } from '../../store/wishes/relay-lease.ts';
import type { Logger } from '../context.ts';

const [ttlMs, renewMs, marginMs] = [3_000, 1_000, 500];

export interface Lease {
  /** By our own clock, which goes on while the process is stopped: one that was stalled knows it at its next look. */
  isHeld(): boolean;
  /** Resolves after the signal, when the lease is given back. */
  readonly ended: Promise<void>;
}

/**
 * Keeps trying to be the one server that publishes specs. Nobody waits for a holder that has ended, and three seconds for one that is stalled.
 * It spares work and noise; that no old word comes last is the order of words' own doing (`RunnerSpec.sequence`).
 */
export function startLease({ session, kind, logger }: Pick<OpenDatabase, 'session' | 'kind'> & { logger: Logger }, onTaken: () => void, signal: AbortSignal): Lease {
  const holder = randomUUID();
  let heldUntil = 0;
  let isComplaining = false;
  const isHeld = (): boolean => performance.now() < heldUntil;

  const renew = async (): Promise<void> => {
    const askedAt = performance.now();
    const wasHeld = isHeld();
    // The embedded database has one server, by its lock; and a word a second would soon have used up what is kept for a full disk.
    const isTaken = kind === 'pglite' || await inTime(takeLease(session, holder, ttlMs));
    heldUntil = isTaken ? askedAt + ttlMs - marginMs : 0;
    if (isTaken && !wasHeld) onTaken();
    if (wasHeld && !isTaken) logger.warn({}, 'another server publishes specs now');
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await renew();
        isComplaining = false;
      } catch (error) {
        if (!isComplaining && !signal.aborted) logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the lease to publish specs could not be renewed');
        isComplaining = true;
      }
      await pause(renewMs, undefined, { signal }).catch(() => undefined);
    }
    heldUntil = 0;
    await releaseLease(session, holder).catch(() => undefined);
  };
  return { isHeld, ended: loop() };
}

/** An answer after the lease's own time says nothing about now; and the loop looks at its signal only between two tries. */
async function inTime(taking: Promise<boolean>): Promise<boolean> {
  const done = new AbortController();
  try {
    return await Promise.race([taking, pause(ttlMs, undefined, { signal: done.signal }).then(() => Promise.reject(new Error('the database did not answer within the time of the lease')))]);
  } finally {
    done.abort();
  }
}
