import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type FapiClient } from '@fapi/sdk';
import { connectNatsBus, type RunnerStatus } from '@fapi/runner-controller/work';
import { pino } from 'pino';
import { startNats } from '../../tools/parts/nats.ts';
import { root } from '../../tools/parts/paths.ts';
import { startPostgres } from '../../tools/parts/postgres.ts';
import { type OpenDatabase, openDatabase } from '../../packages/server/src/store/database/open.ts';
import type { Ask, Told } from './program.ts';
import type { ShapeName } from './shape-names.ts';

/** A server on one of the two pairs of parts, and nobody who runs apps: what it promises is measured, not what a runner makes of it. */
export interface Shape {
  readonly name: ShapeName;
  readonly natsUrl: string | undefined;
  /** Starts the server; answers how long it took until everybody who follows was told that all is there, and how many apps that were. */
  start(): Promise<{ ms: number; apps: number }>;
  stop(): Promise<void>;
  /** A client with a token of its own: limits of rate are for each. */
  client(): Promise<FapiClient>;
  /** Says a runner's word, over NATS where there is one. */
  report(status: RunnerStatus): Promise<void>;
  /** The 99th percentile of the event loop's delay since the last call, in ms. */
  readDelay(): Promise<number>;
  /** The database itself. With PGlite only while the server is stopped. */
  open(): Promise<OpenDatabase>;
  /** Stops everything and deletes the data. */
  close(): Promise<void>;
}

export async function makeShape(name: ShapeName): Promise<Shape> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-bench-'));
  const [nats, postgres] = name === 'pglite' ? [undefined, undefined] : await Promise.all([startNats(), startPostgres()]);
  const databaseUrl = await postgres?.createDatabase();
  const environment = { ...process.env, FAPI_DATA_DIR: dataDir, FAPI_PORT: '0', FAPI_ALLOW_UNSAFE: '1', ...(nats ? { FAPI_NATS_URL: nats.url } : {}), ...(databaseUrl === undefined ? {} : { FAPI_DATABASE_URL: databaseUrl }) };
  const bus = nats && (await connectNatsBus({ url: nats.url, logger: pino({ level: 'silent' }) }));
  let child: ChildProcess | undefined;
  let ready: Extract<Told, { told: 'ready' }> | undefined;
  const clients: FapiClient[] = [];

  const hear = <K extends Told['told']>(kind: K): Promise<Extract<Told, { told: K }>> => new Promise((resolve, reject) => {
    const own = child!;
    const onMessage = (told: Told): void => {
      if (told.told !== kind) return;
      own.off('message', onMessage).off('exit', onExit);
      resolve(told as Extract<Told, { told: K }>);
    };
    const onExit = (code: number | null): void => reject(new Error(`the server ended with ${code}`));
    own.on('message', onMessage).once('exit', onExit);
  });
  const ask = (question: Ask): void => void child!.send(question);
  const stop = async (): Promise<void> => {
    for (const client of clients.splice(0)) client.close();
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  };

  return {
    name, natsUrl: nats?.url,
    async start() {
      const startedAt = performance.now();
      child = fork(join(root, 'bench/control/program.ts'), { execArgv: ['--conditions=fapi-source'], env: environment, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const caughtUp = hear('caught_up').then(({ apps }) => ({ ms: performance.now() - startedAt, apps }));
      ready = await hear('ready');
      return caughtUp;
    },
    stop,
    async client() {
      const operator = createClient({ baseUrl: ready!.url, apiKey: ready!.operatorKey });
      const { token, expiresInSeconds } = await operator.embedTokens.create({ subject: `bench ${clients.length}`, ttlSeconds: 3_600 });
      operator.close();
      const client = createClient({ baseUrl: ready!.url, fetchToken: async () => ({ token, expiresInSeconds }) });
      clients.push(client);
      return client;
    },
    async report(status) {
      if (bus) await bus.statuses.publish(status);
      else ask({ ask: 'status', status });
    },
    async readDelay() {
      const told = hear('delay');
      ask({ ask: 'delay' });
      return (await told).p99Ms;
    },
    open: () => openDatabase({ databaseUrl, dataDir }),
    async close() {
      await stop();
      await bus?.close();
      await Promise.all([nats?.stop(), postgres?.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
