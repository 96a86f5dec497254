import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import type { RunnerSpec, WorkBus } from '@fapi/runner-controller/work';
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import { findForeignKey, sayForeign, warnOfOtherKeys } from './commands/environments/agree-on-keys.ts';
import { findLostKeys, sayLost } from './commands/environments/find-lost-keys.ts';
import { listen as listenToBus } from './commands/listening/listen.ts';
import { resealAtStart } from './commands/environments/reseal-environments.ts';
import { createPresence } from './commands/apps/presence.ts';
import { awaitIsolation, sayExposed } from './commands/access/require-isolation.ts';
import { type Relay, startRelay } from './commands/relay/relay.ts';
import { createTidying } from './commands/tidying/tidy.ts';
import { createKeyRing } from './domain/environments/key-ring.ts';
import type { ServerConfig } from './config.ts';
import { createHttpApp } from './http/app.ts';
import { createBodies } from './http/bodies/bodies.ts';
import { answerBrokenRequests } from './http/problems/broken-requests.ts';
import { prepareDrain } from './http/drain.ts';
import { answerUpgrades, isWebSocket } from './http/language/upgrade.ts';
import { createOpenStreams } from './http/access/open-streams.ts';
import { createRateLimits } from './http/rates/rate-limit.ts';
import { createWake } from './http/streams/wake.ts';
import { DomainError } from './domain/errors.ts';
import { createUserTokens } from './identity/user-tokens.ts';
import { sayCauses } from './store/disk/find-reason.ts';
import { LockedError } from './store/disk/lock-file.ts';
import { openDatabase } from './store/database/open.ts';
import { version } from './version.ts';

/** The server cannot start. The message is one sentence that says what to do. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/** The server can do nothing any more. The message is one sentence that says why. */
export class ServerEndedError extends Error {
  override readonly name = 'ServerEndedError';
}

export interface ServerOptions {
  /** From `readConfig`, which makes files: the program reads it once. */
  config: ServerConfig;
  bus: WorkBus;
  logger: Logger;
  /** Port of the gateway, when FAPI_APPS_URL does not name public addresses. */
  appsPort?: () => number;
  /** Answers what the API does not, behind the same checks. */
  middleware?: readonly Middleware[];
  now?: () => Date;
  /** Of a runtime in this process, at `listen`; otherwise the controller is asked. */
  isolationLevel?: () => number;
  /** How long a server that others can reach waits for a controller at its start. */
  runnerWaitMs?: number;
  /** How often it looks for what nobody needs any more. */
  housekeepingMs?: number;
}

export interface Server {
  /** Valid after `listen`. */
  readonly url: string;
  readonly operatorKey: string;
  readonly controllerKey: string;
  /** Opens the port and starts to relay. Rejects with `ServerStartError` when the port is taken, or when others could reach apps that are not isolated well enough. */
  listen(): Promise<void>;
  /** Resolves when the server can do nothing any more until it is made anew: close it and end the process, so that whoever keeps it running starts it again. What was acknowledged is kept. */
  readonly ended: Promise<ServerEndedError>;
  /** Ends streams and refuses new requests; those under way are finished. */
  stopAccepting(): Promise<void>;
  /** Stops everything, outside in, and closes the database. */
  close(): Promise<void>;
}

/** What the largest body needs on a slow line; who sends a byte a second holds it no longer. */
const requestMs = 60_000;
const [housekeepingDefaultMs, drainMs] = [5_000, 5_000];
/** Longer than a prepared deploy takes from its acceptance on, and nothing for whoever watches. */
const streamsPauseMs = 20;
const runnerWaitDefaultMs = 60_000;

/** Makes a server over its database; throws `ServerStartError`. */
export async function createServer({ config, bus, logger, appsPort = () => 8788, middleware = [], now = () => new Date(), runnerWaitMs = runnerWaitDefaultMs, housekeepingMs = housekeepingDefaultMs, isolationLevel }: ServerOptions): Promise<Server> {
  const database = await openDatabase(config).catch((cause: unknown) => {
    if (cause instanceof LockedError) throw new ServerStartError(cause.message);
    throw new ServerStartError(`The database cannot be opened (${sayCauses(cause)}): check ${config.databaseUrl ? 'FAPI_DATABASE_URL' : `FAPI_DATA_DIR (${config.dataDir})`}.`, { cause });
  });
  const keyRing = createKeyRing(config.environmentKeys);
  // A server that was given no key makes one of its own: it would seal with that what the others cannot read, and could read nothing of theirs.
  const lost = await findLostKeys(database.db, keyRing);
  if (lost.length > 0 && !config.acceptLostKeys) {
    await database.close();
    throw new ServerStartError(sayLost(lost));
  }
  if (lost.length > 0) logger.error({ lost }, 'environments are sealed with keys that are not here: their values have to be written anew');
  if (database.kind === 'postgres') {
    // Also before anything is sealed: afterwards it would be too late for one of them.
    const foreign = await findForeignKey(database.db, keyRing, config.acceptLostKeys);
    if (foreign !== undefined) {
      await database.close();
      throw new ServerStartError(sayForeign(foreign));
    }
    await warnOfOtherKeys(database.db, { operator: config.operatorKey, controller: config.controllerKey }, logger);
  }
  const stop = new AbortController();
  const wake = createWake();
  let wakeRelay: Relay['wake'] = () => {};
  const openStreams = createOpenStreams(database.db, stop.signal);
  const context = {
    openStreams, bodies: createBodies(), userTokens: createUserTokens(now), limits: createRateLimits({ perSecond: config.rateLimitPerSecond, proxies: config.trustedProxies }),
    endSessions: (credentials: readonly string[]) => openStreams.end(credentials),
    db: database.db, presence: createPresence(database.db, now), isFull: database.isFull, keyRing,
    revisionsKept: config.revisionsKept, restoreDays: config.restoreDays, operatorKey: config.operatorKey, allowUnsafe: config.allowUnsafe,
    bus, logger, now, version, startedAt: now(), stopping: stop.signal,
    appUrl: (host: string) => (config.appsUrl ?? `http://{host}.localhost:${appsPort()}/`).replace('{host}', host),
    gatewayUrl: config.gatewayUrl,
    wakeStreams: wake.wake,
    wakeStreamsSoon: () => wake.wakeWithin(streamsPauseMs),
    wakeRelay: (spec?: RunnerSpec) => wakeRelay(spec),
  };
  const answer = createHttpApp({ context, wake, controllerKey: config.controllerKey, allowedHosts: config.allowedHosts, embedDir: config.embedDir, dataDir: config.dataDir, middleware }).callback();
  const http = createHttpServer({ shouldUpgradeCallback: isWebSocket }, (request, response) => void answer(request, response));
  answerBrokenRequests(http);
  answerUpgrades(http, (request, response) => void answer(request, response));
  // A keep-alive connection must outlive the pause between two clicks.
  http.keepAliveTimeout = 75_000;
  http.requestTimeout = requestMs;
  const drain = prepareDrain(http, drainMs);
  let url = '';
  let loops: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let tidying: Promise<void> = Promise.resolve();

  const tidy = createTidying(context, config.auditDays);
  // One at a time, however slow the database is: more of them would only take its connections from requests.
  const tidyLater = (): void => {
    timer = setTimeout(() => {
      tidying = tidy().catch((error: unknown) => logger.error({ err: error }, 'tidying up failed')).then(() => {
        if (!stop.signal.aborted) tidyLater();
      });
    }, housekeepingMs);
  };
  const requireSafePlace = async (): Promise<void> => {
    if (config.isLoopback || config.allowUnsafe) return;
    await awaitIsolation(context, { known: isolationLevel?.(), waitMs: runnerWaitMs }).catch((error: unknown) => {
      throw error instanceof DomainError ? new ServerStartError(sayExposed(config.host, error)) : error;
    });
  };
  const stopAccepting = async (): Promise<void> => {
    stop.abort();
    clearTimeout(timer);
    await drain();
  };

  return {
    get url() {
      return url;
    },
    operatorKey: config.operatorKey,
    controllerKey: config.controllerKey,
    ended: database.ended.then((cause) => new ServerEndedError(`The embedded database has ended by itself (${cause.message}): what was acknowledged is in ${config.dataDir}, and the next start goes on with it.`, { cause })),
    async listen() {
      await requireSafePlace();
      http.listen(config.port, config.host);
      await once(http, 'listening').catch((error: NodeJS.ErrnoException) => {
        throw new ServerStartError(error.code === 'EADDRINUSE' ? `Port ${config.port} is in use: end what uses it, or set FAPI_PORT to another one.` : `Port ${config.port} on ${config.host} cannot be opened (${error.code}).`, { cause: error });
      });
      const address = http.address();
      if (address === null || typeof address === 'string') throw new ServerStartError('The server has no address.');
      url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${address.port}`;
      // Beside the operator's key, so that the command line finds both. A folder that takes no file is no reason not to serve.
      await writeFile(join(config.dataDir, 'address'), `${url}\n`).catch((error: unknown) => logger.warn({ err: error }, 'the address could not be written into the data folder'));
      const relay = startRelay(context, database, stop.signal);
      wakeRelay = (spec) => relay.wake(spec);
      loops = Promise.all([relay.ended, listenToBus(context, stop.signal), resealAtStart(context, stop.signal)]);
      tidyLater();
    },
    stopAccepting,
    async close() {
      await stopAccepting();
      await loops;
      await tidying;
      await database.close();
    },
  };
}
