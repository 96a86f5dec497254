import type { RunnerSpec } from '@fapi/runner-controller/work';
import { listSpecs, markPublished } from '../store/specs.ts';
import type { Context } from './context.ts';

const [pollMs, markPauseMs] = [2_000, 100];

export interface Relay {
  /** Publish now: the given spec, which is committed and the first of its generation, or whatever the rows hold. */
  wake(spec?: RunnerSpec): void;
  /** Resolves when the loop has ended, after the signal. */
  readonly ended: Promise<void>;
}

/**
 * Publishes what the rows hold: everything once at the start and whenever the bus may have lost it, then what is new.
 * A crash between publishing and marking publishes again, which changes nothing on a last-word channel: so the mark waits until nobody waits for a deploy.
 */
export function startRelay(context: Context, signal: AbortSignal): Relay {
  const handed = new Map<string, RunnerSpec>();
  const unmarked = new Map<string, RunnerSpec>();
  const generations = new Map<string, number>();
  let isStale = true;
  let isAsked = false;
  let isLookDue = true;
  let wakeLoop: () => void = () => {};
  const offStale = context.bus.onStale(() => {
    isStale = true;
    wakeLoop();
  });
  signal.addEventListener('abort', () => wakeLoop(), { once: true });

  const send = async (spec: RunnerSpec): Promise<void> => {
    await context.bus.specs.publish(spec, signal);
    generations.set(spec.appId, spec.generation);
    unmarked.set(spec.appId, spec);
  };
  const sendHanded = async (): Promise<void> => {
    for (const [appId, spec] of handed) {
      // What was read from the rows meanwhile may be a later word of the same generation.
      if ((generations.get(appId) ?? -1) < spec.generation) await send(spec);
      if (handed.get(appId) === spec) handed.delete(appId);
    }
  };
  const mark = async (): Promise<void> => {
    for (const [appId, spec] of unmarked) {
      await markPublished(context.db, spec);
      if (unmarked.get(appId) === spec) unmarked.delete(appId);
      if (handed.size > 0) return;
    }
  };
  const sendRows = async (): Promise<void> => {
    const wasStale = isStale;
    isStale = isLookDue = false;
    // What is marked is not read again.
    if (!wasStale) await mark();
    for (const spec of await listSpecs(context.db, wasStale ? 'all' : 'unpublished')) await send(spec);
    if (wasStale) await context.bus.specs.markComplete(signal);
  };
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wakeLoop = () => {
      clearTimeout(timer);
      resolve();
    };
  });

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      isAsked = false;
      try {
        await sendHanded();
        if (isStale || isLookDue) await sendRows();
      } catch (error) {
        if (signal.aborted) break;
        isStale = true;
        context.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'specs could not be published and will be again');
      }
      if (isAsked) continue;
      await sleep(unmarked.size > 0 ? markPauseMs : pollMs);
      if (!isAsked && !signal.aborted) {
        if (unmarked.size === 0) isLookDue = true;
        else await mark().catch((error: unknown) => context.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'specs could not be marked as published'));
      }
    }
    offStale();
  };
  return {
    wake(spec) {
      if (spec) handed.set(spec.appId, spec);
      else isLookDue = true;
      isAsked = true;
      wakeLoop();
    },
    ended: loop(),
  };
}
