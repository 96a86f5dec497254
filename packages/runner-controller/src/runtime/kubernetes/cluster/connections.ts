import type { RequestContext } from '@kubernetes/client-node';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

export interface Connections {
  /** Sends a call over a connection that is open already where there is one. */
  share(request: RequestContext): void;
  /** Whoever answers there, or who we are to them, may be another by now: the next call opens its own. */
  renew(): void;
}

/** Certificates change: after so long they are read anew. */
const keptMs = 60_000;

/** The library opens a connection for each call, and a handshake takes longer than most calls: here they share theirs for a while. */
export function createConnections(): Connections {
  let kept: { dispatcher: Dispatcher; until: number } | undefined;
  // Lets those finish that are under way.
  const leave = (dispatcher: Dispatcher | undefined): void => void dispatcher?.close().catch(() => undefined);
  return {
    share(request) {
      const made = request.getDispatcher();
      if (made === undefined) return;
      if (kept && performance.now() < kept.until) leave(made);
      else {
        leave(kept?.dispatcher);
        kept = { dispatcher: made, until: performance.now() + keptMs };
      }
      request.setDispatcher(kept.dispatcher);
    },
    renew() {
      leave(kept?.dispatcher);
      kept = undefined;
    },
  };
}
