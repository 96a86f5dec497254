import { afterAll, beforeAll } from 'vitest';
import type { Controller, ControllerOptions } from '../controller.ts';
import type { OpenRuntime, RuntimeUnderTest } from '../runtime/runtime.suite.ts';
import { openWishes, startController, type Wishes } from './wishes.ts';

/** A resync that never comes: what happens was asked for, and what is heard was told by the runtime. */
const quiet: Partial<ControllerOptions> = { resyncMs: 3_600_000 };

/** A runtime with a controller on it for the tests of one `describe`: `take` is given the parts before the first test, and they are closed after the last. */
export function useController(open: OpenRuntime, take: (parts: { house: RuntimeUnderTest; wishes: Wishes }) => void, options = quiet): { replace(meanwhile: () => Promise<unknown>): Promise<void> } {
  let house: RuntimeUnderTest;
  let wishes: Wishes;
  let controller: Controller;
  beforeAll(async () => {
    house = await open();
    wishes = openWishes(house);
    controller = startController(wishes.bus, house.runtime, options);
    take({ house, wishes });
  });
  afterAll(async () => {
    await controller?.close();
    await wishes?.stop();
    await house?.close();
  });
  return {
    /** Closes the controller, and starts another one when `meanwhile` is done. */
    async replace(meanwhile) {
      await controller.close();
      await meanwhile();
      controller = startController(wishes.bus, house.runtime, options);
    },
  };
}
