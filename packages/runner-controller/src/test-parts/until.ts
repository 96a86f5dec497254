/** Asks again until the answer is taken; rejects with the last one seen. */
export async function until<T>(ask: () => Promise<T> | T, accept: (value: T) => boolean = Boolean, timeoutMs = 10_000): Promise<T> {
  const startedAt = performance.now();
  const deadline = startedAt + timeoutMs;
  for (;;) {
    const value = await ask();
    if (accept(value)) return value;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms; last seen: ${JSON.stringify(value)?.slice(-1_500)}`);
    await new Promise((resolve) => setTimeout(resolve, performance.now() - startedAt < 1_000 ? 5 : 25));
  }
}
