import { ConnectionError, ContractError, isApiError, TimeoutError } from '../errors.ts';
import { pause } from '../pause.ts';

const retryMs = 1_000;
const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionError || error instanceof TimeoutError || ((isApiError(error) || error instanceof ContractError) && (error.status >= 500 || error.status === 429));

/** Asks until the server can say it: one answer that was lost must not end a watch of minutes. Undefined once `closing` has fired; rejects with what asking again would not change, and by `signal`. */
export async function patiently<T>(ask: () => Promise<T>, closing: AbortSignal, signal: AbortSignal | undefined): Promise<T | undefined> {
  const ended = AbortSignal.any([closing, ...(signal ? [signal] : [])]);
  while (!closing.aborted) {
    try {
      return await ask();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await pause(retryMs, ended);
    }
  }
  return undefined;
}
