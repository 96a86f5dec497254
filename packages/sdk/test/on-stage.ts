import { onTestFinished } from 'vitest';
import { type ClientOptions, createClient, type FapiClient } from '@fapi/sdk';
import { type Play, serve, type Stage } from './serve.ts';

/** A stage that goes with the test. */
export async function stage(play: Play): Promise<Stage> {
  const made = await serve(play);
  onTestFinished(() => made.close());
  return made;
}

/** A client that goes with the test. */
export function client(options: ClientOptions): FapiClient {
  const made = createClient(options);
  onTestFinished(() => made.close());
  return made;
}

export const caught = (work: Promise<unknown>): Promise<any> => work.then((value) => Promise.reject(new Error(`it did not fail: ${JSON.stringify(value)}`)), (error: unknown) => error);

/** Waits for a condition while the clock stands still. */
export async function spin(isSo: () => boolean): Promise<void> {
  for (const deadline = process.hrtime.bigint() + 5_000_000_000n; !isSo(); ) {
    if (process.hrtime.bigint() > deadline) throw new Error('it did not come about within 5 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
