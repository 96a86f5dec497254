/** Of all acts together: whoever has not answered by then is not waited for. */
const longestMs = 3_000;
const lastActs = new Set<() => Promise<unknown>>();
let leaving: Promise<unknown> | undefined;

/** Is done when a client of this page is about to be closed. What is handed back takes it away. */
export function beforeClose(act: () => Promise<unknown>): () => void {
  lastActs.add(act);
  return () => void lastActs.delete(act);
}

/** Does what waits, such as the save of what was typed last, and then closes. */
export function closeAfterAll(close: () => void): void {
  const acts = [...lastActs].map((act) => act());
  if (acts.length === 0) return close();
  const closed = Promise.race([Promise.allSettled(acts), new Promise((resolve) => setTimeout(resolve, longestMs))]).then(close);
  leaving = Promise.all([leaving, closed]);
}

/** Settles when what was to be done by now is; undefined where that is nothing. */
export const untilClosed = (): Promise<unknown> | undefined => leaving;
