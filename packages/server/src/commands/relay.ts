import type { RunnerSpec } from '@fapi/runner-controller/work';
import { listSpecs, markPublished } from '../store/specs.ts';
import type { Context } from './context.ts';

const pollMs = 2_000;

export interface Relay {
  /** Look now. */
  wake(): void;
  /** Resolves when the loop has ended, after the signal. */
  readonly ended: Promise<void>;
}

/**
 * Publishes what the rows hold: everything once at the start and whenever the bus may have lost it, then what is new.
 * A crash between publishing and marking publishes again, which changes nothing on a last-word channel.
 */
export function startRelay(context: Context, signal: AbortSignal): Relay {
  let wakeLoop: () => void = () => {};
  let isStale = true;
  let isAsked = false;
  const offStale = context.bus.onStale(() => {
    isStale = true;
    wakeLoop();
  });
  const send = async (spec: RunnerSpec): Promise<void> => {
    await context.bus.specs.publish(spec, signal);
    await markPublished(context.db, spec);
  };
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      isAsked = false;
      try {
        const wasStale = isStale;
        isStale = false;
        for (const spec of await listSpecs(context.db, wasStale ? 'all' : 'unpublished')) await send(spec);
        if (wasStale) await context.bus.specs.markComplete(signal);
      } catch (error) {
        if (signal.aborted) break;
        isStale = true;
        context.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'specs could not be published and will be again');
      }
      if (!isAsked) await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        wakeLoop = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', wakeLoop, { once: true });
      });
    }
    offStale();
  };
  return {
    wake() {
      isAsked = true;
      wakeLoop();
    },
    ended: loop(),
  };
}
