import type { SessionWire } from './channel.ts';

/** Bodies between the two sides of one process, later and in order, as on any bus. */
export function createMemoryWire(closing: AbortSignal, problem: () => string | undefined): SessionWire {
  const listeners = new Map<string, Set<(body: string | undefined) => void>>();
  const deliver = (address: string, body: string | undefined, replyTo?: string): void => queueMicrotask(() => {
    const found = listeners.get(address);
    if (!found && replyTo !== undefined) deliver(replyTo, undefined);
    for (const take of found ?? []) take(body);
  });
  return {
    listen(address, take, signal) {
      listeners.set(address, new Set([...(listeners.get(address) ?? []), take]));
      signal.addEventListener('abort', () => {
        const left = listeners.get(address);
        left?.delete(take);
        if (left?.size === 0) listeners.delete(address);
      }, { once: true });
    },
    put: deliver,
    problem,
    orLost: (work) => work,
    closing,
  };
}
