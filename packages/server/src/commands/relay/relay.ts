import type { RunnerSpec } from '@fapi/runner-controller/work';
import type { OpenDatabase } from '../../store/database/open.ts';
import { notifyHolder } from '../../store/wishes/relay-lease.ts';
import { listSpecs, listStuckSpecs } from '../../store/wishes/specs.ts';
import type { Context } from '../context.ts';
import { startLease } from './lease.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { createOutgoing } from './outgoing.ts';

const [pollMs, markPauseMs, stuckMs] = [2_000, 100, 15_000];

export interface Relay {
  /** Publish now: the given spec, which is committed and the first of its generation, or whatever the rows hold. */
  wake(spec?: RunnerSpec): void;
  /** Resolves when the loop has ended, after the signal. */
  readonly ended: Promise<void>;
}

/**
 * Publishes what the rows hold, while this server has the lease: everything once when it takes it and whenever the bus may have lost it, then what is new, and again what nobody moves.
 * A crash between publishing and marking publishes again, which changes nothing on a last-word channel: so the mark waits until nobody waits for a deploy.
 */
export function startRelay(context: Context, { session, kind, onNotice }: Pick<OpenDatabase, 'session' | 'kind' | 'onNotice'>, signal: AbortSignal): Relay {
  let isStale = true;
  let isAsked = false;
  let isLookDue = true;
  let lookedForStuckAt = context.now().getTime();
  let wakeLoop: () => void = () => {};
  const becomeStale = (): void => {
    isStale = isAsked = true;
    wakeLoop();
  };
  const look = (): void => {
    isAsked = isLookDue = true;
    wakeLoop();
  };
  const offs = [context.bus.onStale(becomeStale), onNotice(look)];
  const lease = startLease({ session, kind, logger: context.logger }, becomeStale, signal);
  const outgoing = createOutgoing(context, lease, signal);
  signal.addEventListener('abort', () => wakeLoop(), { once: true });

  const sendRows = async (): Promise<void> => {
    const wasStale = isStale;
    isStale = isLookDue = false;
    // What is marked is not read again.
    if (!wasStale) await outgoing.mark();
    if (wasStale) await outgoing.sendAll(await listSpecs(context.db, 'all'));
    else await outgoing.sendAll(await listSpecs(context.db, 'unpublished'), (spec) => !outgoing.isSent(spec));
    // What was lost meanwhile is not all there: that round will say so.
    if (wasStale && !isStale && lease.isHeld()) await context.bus.specs.markComplete(signal);
  };
  /** The bus had it, and yet nothing moves: whoever should have heard it may not have. */
  const sendStuck = async (): Promise<void> => {
    const now = context.now().getTime();
    if (now - lookedForStuckAt < stuckMs) return;
    lookedForStuckAt = now;
    await outgoing.sendAll(await listStuckSpecs(context.db, new Date(now - stuckMs)));
  };
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wakeLoop = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  const publish = async (): Promise<void> => {
    try {
      await outgoing.sendHanded();
      if (isStale || isLookDue) await sendRows();
      await sendStuck();
    } catch (error) {
      if (signal.aborted) return;
      isStale = true;
      context.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'specs could not be published and will be again');
    }
  };

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      isAsked = false;
      if (lease.isHeld()) await publish();
      else outgoing.dropHanded();
      if (isAsked) continue;
      await sleep(outgoing.hasUnmarked() ? markPauseMs : pollMs);
      if (!isAsked && !signal.aborted) {
        if (!outgoing.hasUnmarked()) isLookDue = true;
        else await outgoing.mark().catch((error: unknown) => context.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'specs could not be marked as published'));
      }
    }
    for (const off of offs) off();
    await lease.ended;
  };
  const notify = oneAtATime(() => notifyHolder(context.db).catch(() => undefined));
  return {
    wake(spec) {
      if (!lease.isHeld()) return notify();
      if (spec) outgoing.hand(spec);
      else isLookDue = true;
      isAsked = true;
      wakeLoop();
    },
    ended: loop(),
  };
}
