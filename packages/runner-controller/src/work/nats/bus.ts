import type { WorkBus } from '../bus.ts';
import type { Logger } from '../logger.ts';
import { RunnerSpec, RunnerStatus } from '../messages.ts';
import { createSessions, type SessionSettings } from '../sessions/channel.ts';
import { createCalls } from './calls.ts';
import { openLink } from './connection.ts';
import { createLastWords } from './last-word.ts';
import { makeChannelLayout } from './layout.ts';
import { createSessionWire } from './sessions.ts';
import { createStreams } from './streams.ts';

export interface NatsBusOptions {
  /** `nats://[user:password@|token@]host:port`; several of one cluster with commas. */
  url: string;
  logger?: Logger;
  /** First token of every subject, so that several systems can share a server. */
  prefix?: string;
  /** Ends the wait for the first connection. */
  signal?: AbortSignal;
  sessions?: SessionSettings;
}

const checkMs = 5_000;
const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The bus over NATS JetStream. Waits for the server; rejects with a sentence when it is too old or refuses us. */
export async function connectNatsBus({ url, logger = silent, prefix = 'fapi', signal, sessions }: NatsBusOptions): Promise<WorkBus> {
  const link = await openLink({ url, logger, signal });
  const specs = createLastWords(link, makeChannelLayout(prefix, 'specs'), RunnerSpec);
  const statuses = createLastWords(link, makeChannelLayout(prefix, 'statuses'), RunnerStatus);
  // After a reconnect the server may be another one, or its store may be empty.
  const check = (): Promise<unknown> => Promise.all([specs.ensure(), statuses.ensure()]);
  link.onReconnect(() => {
    void check().catch((error: unknown) => logger.warn({ err: error }, 'the streams could not be checked'));
    link.stale();
  });
  await check();
  // A stream that somebody deletes or empties under us breaks no connection.
  const timer = setInterval(() => void (link.problem() ?? check().catch(() => undefined)), checkMs);
  link.closing.addEventListener('abort', () => clearInterval(timer), { once: true });
  return {
    specs,
    statuses,
    calls: createCalls(link, prefix),
    streams: createStreams(link, prefix),
    sessions: createSessions(createSessionWire(link, prefix), sessions),
    onStale: (listener) => link.onStale(listener),
    problem: () => link.problem(),
    close: () => link.close(),
  };
}
