import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FetchBundle } from './runtime/runtime.ts';
import { bundlePath } from './work/bundles.ts';

/** The server has no such bundle, or its bytes are not what was promised: asking again does not help. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

const attempts = 5;
const attemptTimeoutMs = 10_000;

/** Fetches bundles over the server's internal HTTP with the controller's own key; tries again while the server cannot be reached. */
export function createBundleFetcher({ serverUrl, controllerKey }: { serverUrl: string; controllerKey: string }): FetchBundle {
  return async (sha256, signal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await fetch(new URL(bundlePath(sha256), serverUrl), { headers: { authorization: `Bearer ${controllerKey}` }, signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]) });
        if (answer.ok) return checked(new Uint8Array(await answer.arrayBuffer()), sha256);
        await answer.body?.cancel();
        if (answer.status < 500) throw new BundleError(`the server answered ${answer.status} for bundle ${sha256}`);
        throw new Error(`the server answered ${answer.status}`);
      } catch (error) {
        if (error instanceof BundleError || signal.aborted || attempt === attempts) throw error;
        await pause(100 * 2 ** attempt, undefined, { signal });
      }
    }
  };
}

function checked(bytes: Uint8Array, sha256: string): Uint8Array {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new BundleError(`bundle ${sha256} arrived with the digest ${found}`);
  return bytes;
}
