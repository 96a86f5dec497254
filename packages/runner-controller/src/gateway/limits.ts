/** Bounds of the data path. Apps are never given a time limit here. */
export interface Limits {
  /** Client connections at a time; more are closed at once. */
  connections: number;
  /** A kept-alive client connection may be idle for so long. */
  keepAliveMs: number;
  /** From the first byte (or the connection) to the end of a request's head. */
  headMs: number;
  /** A client that owes bytes of a body, or does not take bytes of an answer, may pause for so long. */
  bodyIdleMs: number;
  writeIdleMs: number;
  /** How long a request waits for an app that cannot take it now, and how many may wait per app. */
  holdMs: number;
  holdsPerApp: number;
  /** How long an address of an app may take to answer the call, before the next one is called; how long others are asked first after that. */
  connectMs: number;
  avoidMs: number;
  /** Idle connections kept per address of an app, and for how long. Shorter than what servers of apps use (5 s), so that it is us who close. */
  idlePerApp: number;
  upstreamIdleMs: number;
  /** After our last answer on a connection the client may still send for so long. */
  lingerMs: number;
}

export const defaultLimits: Limits = {
  connections: 8_192,
  keepAliveMs: 75_000,
  headMs: 15_000,
  bodyIdleMs: 60_000,
  writeIdleMs: 300_000,
  holdMs: 10_000,
  holdsPerApp: 200,
  connectMs: 3_000,
  avoidMs: 2_000,
  idlePerApp: 256,
  upstreamIdleMs: 4_000,
  lingerMs: 2_000,
};
