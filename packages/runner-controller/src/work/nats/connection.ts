import { connect, Events, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import type { Logger } from '../logger.ts';
import { pause } from '../wake.ts';

/** One connection, kept alive for ever. Ended by `close`. */
export interface NatsLink {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly logger: Logger;
  /** Aborts when the bus closes. */
  readonly closing: AbortSignal;
  /** Undefined while connected, else a sentence. */
  problem(): string | undefined;
  onReconnect(listener: () => void): () => void;
  /** As `work`, but rejects as soon as the connection is lost: the client would wait for its whole timeout. */
  orLost<T>(work: Promise<T>): Promise<T>;
  /** Tells everybody that what was published may be lost. */
  stale(): void;
  onStale(listener: () => void): () => void;
  close(): Promise<void>;
}

const oldestServer = [2, 10, 27] as const;
const retryMs = 500;

/** The bus cannot be had, and trying again would not help. The message is one sentence. */
export class BusStartError extends Error {
  override readonly name = 'BusStartError';
}

/** Several addresses of one cluster are separated by commas. Waits for the server as long as `signal` lets it. Rejects with `BusStartError` when the server is too old or refuses us. */
export async function openLink({ url, logger, signal }: { url: string; logger: Logger; signal?: AbortSignal | undefined }): Promise<NatsLink> {
  const urls = url.split(',').map((one) => one.trim());
  const place = urls.map(withoutCredentials).join(', ');
  const connection = await firstConnection(urls, place, logger, signal);
  const version = connection.info?.version ?? '0';
  if (!isAtLeast(version, oldestServer)) {
    await connection.close();
    throw new BusStartError(`The NATS server at ${place} is version ${version}; fapi needs ${oldestServer.join('.')} or newer (older ones deliver acknowledged messages again).`);
  }
  const closing = new AbortController();
  const reconnected = new Set<() => void>();
  const lost = new Set<() => void>();
  const inFlight = new Set<(error: Error) => void>();
  let problem: string | undefined;

  const follow = async (): Promise<void> => {
    for await (const status of connection.status()) {
      if (status.type === Events.Disconnect) {
        problem = `the NATS server at ${place} cannot be reached; trying again`;
        logger.warn(problem);
        for (const give of inFlight) give(new Error(problem));
      } else if (status.type === Events.Reconnect) {
        problem = undefined;
        logger.info(`connected to the NATS server at ${place} again`);
        for (const listener of reconnected) listener();
      } else if (status.type === Events.Error) {
        logger.warn({ reason: String(status.data) }, 'the NATS server reported an error');
      }
    }
  };
  void follow().catch((error: unknown) => logger.error({ err: error }, 'lost sight of the NATS connection'));
  const listenTo = (listeners: Set<() => void>) => (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return {
    connection,
    js: connection.jetstream({ timeout: 5_000 }),
    jsm: await connection.jetstreamManager({ timeout: 5_000, checkAPI: false }),
    logger,
    closing: closing.signal,
    problem: () => (closing.signal.aborted ? 'the bus is closed' : connection.isClosed() ? `the connection to the NATS server at ${place} is closed` : problem),
    onReconnect: listenTo(reconnected),
    orLost: (work) => new Promise((resolve, reject) => {
      inFlight.add(reject);
      work.then(resolve, reject).finally(() => inFlight.delete(reject));
    }),
    stale: () => {
      for (const listener of lost) listener();
    },
    onStale: listenTo(lost),
    async close() {
      closing.abort();
      // Loops leave and requests in flight end before the socket goes: the client rejects some of them where nobody can catch it.
      if (!problem) await Promise.race([connection.flush().catch(() => {}), pause(500, AbortSignal.timeout(500))]);
      await connection.close();
    },
  };
}

async function firstConnection(urls: readonly string[], place: string, logger: Logger, signal: AbortSignal | undefined): Promise<NatsConnection> {
  const waiting = signal ?? new AbortController().signal;
  for (let attempt = 0; ; attempt++) {
    waiting.throwIfAborted();
    try {
      // An own loop rather than `waitOnFirstConnect`, which nobody could abort.
      return await connect({
        ...toOptions(urls), name: 'fapi', maxReconnectAttempts: -1, reconnectTimeWait: 250, reconnectJitter: 100, timeout: 5_000, pingInterval: 10_000, maxPingOut: 2, noAsyncTraces: true,
      });
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      if (!['CONNECTION_REFUSED', 'CONNECTION_TIMEOUT', 'TIMEOUT', 'DISCONNECT', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN'].includes(code)) {
        throw new BusStartError(`The NATS server at ${place} refused the connection (${code || (error as Error).message}): check FAPI_NATS_URL.`, { cause: error });
      }
      if (attempt === 0) logger.warn(`the NATS server at ${place} cannot be reached (${code}); trying again`);
    }
    await pause(retryMs, waiting);
  }
}

/** Credentials are those of the first address: a cluster has one set. */
function toOptions(urls: readonly string[]): { servers: string[]; user?: string; pass?: string; token?: string } {
  const url = new URL(urls[0]!);
  const user = decodeURIComponent(url.username);
  const pass = decodeURIComponent(url.password);
  const credentials = user === '' ? {} : pass === '' ? { token: user } : { user, pass };
  return { servers: urls.map(withoutCredentials), ...credentials };
}

function withoutCredentials(text: string): string {
  const url = new URL(text);
  return `${url.protocol}//${url.host}`;
}

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split(/[.-]/).map(Number);
  for (const [at, least] of wanted.entries()) {
    const part = parts[at] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
