import { DomainError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { listRevocations } from '../../store/access/revocations.ts';
import type { Database } from '../../store/schema.ts';

const pollMs = 500;
/** How far back each look goes: a transaction commits later than it writes its time. */
const overlapS = 60;
/** Each asks the database at every write: whoever opens a thousand makes everybody's writes wait. A page needs one. */
const mostEach = 100;

/** Streams that end when the credential they came in with is revoked, or their page struck off, here or on another server. */
export interface OpenStreams {
  /** Throws `rate_limited` when the principal has very many on this server; never for the operator. */
  open(principal: Pick<Principal, 'credential' | 'pageCredential' | 'id' | 'kind'>): { readonly revoked: AbortSignal; close(): void };
  end(credentials: readonly string[]): void;
}

/** Asks the database while streams are open. While that does not answer they stay open, and the next look goes back as far as it has to. */
export function createOpenStreams(db: Database, stopping: AbortSignal): OpenStreams {
  const open = new Map<string, Set<AbortController>>();
  const counts = new Map<string, number>();
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
    open({ credential, pageCredential, id, kind }) {
      const count = counts.get(id) ?? 0;
      if (kind !== 'operator' && count >= mostEach) throw new DomainError('rate_limited', `${count} streams are open: end some of them, a page needs one`);
      counts.set(id, count + 1);
      const stream = new AbortController();
      if (open.size === 0) lookedAt = performance.now();
      const names = pageCredential === undefined ? [credential] : [credential, pageCredential];
      for (const name of names) open.set(name, (open.get(name) ?? new Set()).add(stream));
      schedule();
      return {
        revoked: stream.signal,
        close() {
          for (const name of names) {
            const streams = open.get(name);
            streams?.delete(stream);
            if (streams?.size === 0) open.delete(name);
          }
          const left = counts.get(id)! - 1;
          if (left > 0) counts.set(id, left);
          else counts.delete(id);
        },
      };
    },
    end,
  };
}
