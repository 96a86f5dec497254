import { DomainError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/access/principal.ts';

/** Of bodies that are on their way or being worked on, in bytes: the largest may have 16 MB, and who sends a hundred of them and stalls would have us keep them all. */
const defaults = { each: 48_000_000, together: 192_000_000 };

export interface Bodies {
  /** One body from here on; call `end` in any case when nothing of it is needed any more. */
  begin(principal: Pick<Principal, 'workspaceId' | 'kind' | 'subject'> | undefined): Body;
}
export interface Body {
  /** Throws `rate_limited` when that is more than is kept at a time, for one caller or for all. */
  take(bytes: number): void;
  end(): void;
}

export function createBodies({ each, together } = defaults): Bodies {
  const kept = new Map<string, number>();
  let all = 0;
  return {
    begin(principal) {
      // By whom a token speaks for: a page gets new ones as often as it asks.
      const key = principal ? `${principal.workspaceId}/${principal.kind}/${principal.subject}` : '';
      let own = 0;
      return {
        take(bytes) {
          const mine = kept.get(key) ?? 0;
          if (mine + bytes > each) throw new DomainError('rate_limited', `bodies of together more than ${each} bytes are on their way: send one after the other`);
          if (all + bytes > together) throw new DomainError('rate_limited', 'the server takes no more large bodies at this moment');
          kept.set(key, mine + bytes);
          own += bytes;
          all += bytes;
        },
        end() {
          const left = (kept.get(key) ?? 0) - own;
          if (left > 0) kept.set(key, left);
          else kept.delete(key);
          all -= own;
          own = 0;
        },
      };
    },
  };
}
