import type { OpenSession, Session } from './types.ts';

type Handlers = Parameters<OpenSession>[0];

/** A session that is opened before there is anybody to use it. */
export interface EarlySession {
  /** The first one gets it, and hears what it has said until then; every other one a session of its own. */
  readonly open: OpenSession;
  /** Nobody came for it. */
  close(): void;
}

/** A language server takes as long to start as the code that speaks to it takes to come: neither waits for the other. */
export function openEarly(open: OpenSession): EarlySession {
  const said: ((to: Handlers) => void)[] = [];
  let user: Handlers | undefined;
  const tell = (say: (to: Handlers) => void): void => void (user ? say(user) : said.push(say));
  let early: Session | undefined = open({ onMessage: (text) => tell((to) => to.onMessage(text)), onEnd: (end) => tell((to) => to.onEnd(end)) });
  return {
    open(handlers) {
      const session = early;
      if (!session) return open(handlers);
      early = undefined;
      // Whoever opens a session does not hear of it before they have it.
      queueMicrotask(() => {
        user = handlers;
        for (const say of said) say(handlers);
      });
      return session;
    },
    close() {
      early?.close();
      early = undefined;
    },
  };
}
