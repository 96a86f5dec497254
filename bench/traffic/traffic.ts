import { setTimeout as pause } from 'node:timers/promises';
import type { Address } from '../parts/ask.ts';
import type { Shape } from './shapes.ts';

/** Guests that visit until they are told to stop. */
export interface Traffic {
  requests(): number;
  failed(): number;
  /** Why the first one failed. */
  firstFailure(): string | undefined;
  /** Resolves when every guest has come to the end of two more visits, on the average. */
  flows(): Promise<void>;
  /** Ends after the visits under way. */
  stop(): Promise<void>;
}

const pauseAfterFailureMs = 5;

export function startTraffic(address: Address, shape: Shape): Traffic {
  let [answered, failed, isOver] = [0, 0, false];
  let firstFailure: string | undefined;
  const visitOn = async (visit: () => Promise<void>): Promise<void> => {
    while (!isOver) {
      try {
        await visit();
        answered++;
      } catch (error) {
        failed++;
        firstFailure ??= error instanceof Error ? error.message : String(error);
        // Who was refused does not come back at once; without this a gap would count as thousands.
        await pause(pauseAfterFailureMs);
      }
    }
  };
  const guests = Promise.all(Array.from({ length: shape.guests }, () => visitOn(shape.makeGuest(address))));
  return {
    requests: () => answered + failed,
    failed: () => failed,
    firstFailure: () => firstFailure,
    async flows() {
      const enough = answered + failed + 2 * shape.guests;
      const deadline = performance.now() + 60_000;
      while (answered + failed < enough) {
        if (performance.now() > deadline) throw new Error(`the traffic stands still after ${answered + failed} requests`);
        await pause(5);
      }
    },
    async stop() {
      isOver = true;
      await guests;
    },
  };
}
