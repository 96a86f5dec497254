import type { FapiClient } from '@fapi/sdk';

/** Of all acts together: whoever has not answered by then is not waited for. */
const longestMs = 3_000;
const lastActs = new WeakMap<FapiClient, Set<() => Promise<unknown>>>();
let leaving: Promise<unknown> | undefined;

/** Is done when this client is about to be closed by its provider. What is handed back takes it away. */
export function beforeClose(client: FapiClient, act: () => Promise<unknown>): () => void {
  const acts = lastActs.get(client) ?? new Set();
  lastActs.set(client, acts.add(act));
  return () => void acts.delete(act);
}

/**
 * Does what waits, such as the save of what was typed last, and then closes. No token is asked for any more: what is saved now is of whoever
 * has typed it, and the portal may have another visitor by now.
 */
export function closeAfterAll(client: FapiClient): void {
  client.auth.freeze();
  const acts = [...lastActs.get(client) ?? []].map((act) => act());
  if (acts.length === 0) return client.close();
  const closed = Promise.race([Promise.allSettled(acts), new Promise((resolve) => setTimeout(resolve, longestMs))]).then(() => client.close());
  leaving = Promise.all([leaving, closed]);
}

/** Settles when what was to be done by now is; undefined where that is nothing. */
export const untilClosed = (): Promise<unknown> | undefined => leaving;
