import { listRevocations } from '../store/access/revocations.ts';
import type { Database } from '../store/schema.ts';

const pollMs = 500;
/** How far back each look goes: a transaction commits later than it writes its time. */
const overlapS = 60;

/** Streams that end when the credential they came in with is revoked, here or on another server. */
export interface OpenStreams {
  open(credential: string): { readonly revoked: AbortSignal; close(): void };
  end(credentials: readonly string[]): void;
}

/** Asks the database while streams are open. While that does not answer they stay open, and the next look goes back as far as it has to. */
export function createOpenStreams(db: Database, stopping: AbortSignal): OpenStreams {
  const open = new Map<string, Set<AbortController>>();
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = performance.now();

  const end = (credentials: readonly string[]): void => {
    for (const credential of credentials) for (const stream of open.get(credential) ?? []) stream.abort();
  };
  const look = async (): Promise<void> => {
    const startedAt = performance.now();
    try {
      end(await listRevocations(db, overlapS + (startedAt - lookedAt) / 1_000));
      lookedAt = startedAt;
    } catch {
      // The next look makes up for it.
    }
    timer = undefined;
    schedule();
  };
  const schedule = (): void => {
    if (timer === undefined && open.size > 0 && !stopping.aborted) timer = setTimeout(() => void look(), pollMs);
  };
  stopping.addEventListener('abort', () => clearTimeout(timer), { once: true });

  return {
    open(credential) {
      const stream = new AbortController();
      if (open.size === 0) lookedAt = performance.now();
      open.set(credential, (open.get(credential) ?? new Set()).add(stream));
      schedule();
      return {
        revoked: stream.signal,
        close() {
          const streams = open.get(credential);
          streams?.delete(stream);
          if (streams?.size === 0) open.delete(credential);
        },
      };
    },
    end,
  };
}
