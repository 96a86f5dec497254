/** What ignores the signal must not hold anybody for ever. */
export function raced<T>(work: Promise<T>, signal: AbortSignal, makeError: () => unknown = () => signal.reason): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(makeError());
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
