/** Answers a call that has `work` done: one on its way, and one for all calls that came meanwhile. `work` never rejects. */
export function oneAtATime(work: () => Promise<void>): () => void {
  let running: Promise<void> | undefined;
  let isDue = false;
  return () => {
    isDue = true;
    running ??= (async () => {
      while (isDue) {
        isDue = false;
        await work();
      }
      running = undefined;
    })();
  };
}
