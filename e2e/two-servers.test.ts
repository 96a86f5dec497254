import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNatsBus, type RunnerSpec, type WorkBus } from '@fapi/runner-controller/work';
import { createClient, type FapiClient } from '@fapi/sdk';
import { connect, type NatsConnection } from 'nats';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NatsServer, startNats } from '../tools/parts/nats.ts';
import { type PostgresServer, startPostgres } from '../tools/parts/postgres.ts';
import { type Program, startProgram } from './program.ts';
import { until } from './visit.ts';

/** Two servers on one Postgres and one NATS, and no controller: what they say on the bus is what counts. */
let [nats, postgres, dataDir, databaseUrl] = [undefined as unknown as NatsServer, undefined as unknown as PostgresServer, '', ''];
let programs: Program[] = [];
let clients: FapiClient[] = [];
let bus: WorkBus;
let raw: NatsConnection;
let database: pg.Client;
const operatorKey = randomBytes(24).toString('hex');
const watching = new AbortController();
/** Every message on a spec's subject, stored or not, and every word that a watcher was given. */
const [sent, words]: [RunnerSpec[], RunnerSpec[]] = [[], []];

const start = (at: number): Promise<Program> => startProgram('packages/server/src/main.ts', {
  FAPI_NATS_URL: nats.url, FAPI_DATABASE_URL: databaseUrl, FAPI_PORT: '0', FAPI_OPERATOR_KEY: operatorKey, FAPI_CONTROLLER_KEY: operatorKey, FAPI_ENVIRONMENT_KEY: operatorKey, FAPI_ALLOW_UNSAFE: '1', FAPI_DATA_DIR: join(dataDir, String(at)),
});
const restart = async (at: number): Promise<void> => {
  programs[at] = await start(at);
  clients[at]?.close();
  clients[at] = createClient({ baseUrl: String(programs[at]!.ready['url']), apiKey: operatorKey });
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fapi-'));
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  databaseUrl = await postgres.createDatabase();
  // At the same moment, on an empty database: both make its tables.
  programs = await Promise.all([start(0), start(1)]);
  clients = programs.map(({ ready }) => createClient({ baseUrl: String(ready['url']), apiKey: operatorKey }));
  raw = await connect({ servers: nats.url, maxReconnectAttempts: -1 });
  raw.subscribe('fapi.specs.app.*', { callback: (_, message) => void sent.push(message.json()) });
  await raw.flush();
  bus = await connectNatsBus({ url: nats.url });
  void (async () => {
    for await (const word of bus.specs.watch(watching.signal)) if (word.kind === 'message') words.push(word.value);
  })();
  database = new pg.Client({ connectionString: databaseUrl });
  database.on('error', () => undefined);
  await database.connect();
});
afterAll(async () => {
  watching.abort();
  for (const client of clients) client.close();
  for (const { pid } of programs) process.kill(pid, 'SIGCONT');
  await Promise.all(programs.map((program) => program.kill('SIGTERM')));
  await Promise.all([bus?.close(), raw?.close(), database?.end()]);
  await Promise.all([nats?.stop(), postgres?.stop()]);
  await rm(dataDir, { recursive: true, force: true });
});

const placeOf = ({ generation, sequence = 0 }: RunnerSpec): number => generation * 1_000 + sequence;
const lastWord = (appId: string): RunnerSpec | undefined => words.findLast((word) => word.appId === appId);
const rowOf = async (appId: string): Promise<number> => {
  const { rows } = await database.query<{ generation: number; sequence: number }>('select generation, sequence from specs where app_id = $1', [appId]);
  return rows[0]!.generation * 1_000 + rows[0]!.sequence;
};
const untilSaid = (appId: string): Promise<unknown> => until(async () => [lastWord(appId), await rowOf(appId)] as const, ([word, row]) => word !== undefined && placeOf(word) === row, 20_000);
/** Which of the two has the lease: the one whose session it is bound to. */
const findHolder = async (): Promise<number> => {
  const { rows } = await database.query<{ port: number }>('select client_port as port from pg_stat_activity a join relay_lease l on a.pid = l.session_pid and a.backend_start = l.session_start');
  if (rows.length === 0) throw new Error('nobody has the lease');
  for (const [at, { pid }] of programs.entries()) if (await ownsPort(pid, rows[0]!.port)) return at;
  throw new Error('the lease is with neither');
};
async function ownsPort(pid: number, port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inode = (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).split('\n').map((line) => line.trim().split(/\s+/)).find((fields) => fields[1]?.endsWith(`:${hex}`))?.[9];
  const links = await Promise.all((await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return links.includes(`socket:[${inode}]`);
}

it('says each wish once, whichever of the two was asked', async () => {
  await until(findHolder, () => true);
  const apps = await Promise.all([0, 1, 0, 1].map((at) => clients[at]!.apps.create({ title: 'App' })));
  for (let round = 0; round < 5; round++) await Promise.all(apps.map((app, at) => clients[(at + round) % 2]!.deployments.create(app.id, { draftVersion: app.draftVersion })));
  for (const app of apps) await untilSaid(app.id);
  for (const app of apps) {
    const said = sent.filter(({ appId }) => appId === app.id).map(placeOf);
    expect(said, 'never twice, never back').toEqual([...new Set(said)].toSorted((a, b) => a - b));
  }
});

it.each([['holder', 'SIGKILL'], ['other', 'SIGKILL'], ['holder', 'SIGTERM']] as const)('goes on when the %s is ended by %s', async (who, signal) => {
  const holder = await until(findHolder, () => true);
  const victim = who === 'holder' ? holder : 1 - holder;
  const app = await clients[victim]!.apps.create({ title: 'App' });
  await clients[victim]!.deployments.create(app.id, { draftVersion: app.draftVersion });
  await programs[victim]!.kill(signal);
  await clients[1 - victim]!.deployments.create(app.id, { draftVersion: app.draftVersion });
  await untilSaid(app.id);
  await restart(victim);
  await clients[victim]!.deployments.create(app.id, { draftVersion: app.draftVersion });
  await untilSaid(app.id);
});

it('takes over from a holder that is stalled, and nothing that it says when it wakes comes last', async () => {
  for (let round = 0; round < 2; round++) {
    const stalled = await until(findHolder, () => true);
    const [busy, awake] = [clients[stalled]!, clients[1 - stalled]!];
    const apps = await Promise.all(Array.from({ length: 4 }, () => awake.apps.create({ title: 'App' })));
    for (const app of apps) await awake.deployments.create(app.id, { draftVersion: app.draftVersion });
    const leaving = new AbortController();
    const asking = apps.map((app) => busy.deployments.create(app.id, { draftVersion: app.draftVersion }, { signal: leaving.signal }).catch(() => undefined));
    await Promise.race(asking);
    process.kill(programs[stalled]!.pid, 'SIGSTOP');
    try {
      const made = [];
      for (const app of apps) made.push(await awake.deployments.create(app.id, { draftVersion: app.draftVersion }));
      // A second word of the same generation.
      for (const deployment of made) await awake.deployments.cancel(deployment.appId, deployment.id);
      for (const app of apps) await untilSaid(app.id);
      expect(await findHolder()).toBe(1 - stalled);
    } finally {
      process.kill(programs[stalled]!.pid, 'SIGCONT');
    }
    leaving.abort();
    await Promise.all(asking);
    await until(() => busy.health.ready(), ({ status }) => status === 'ready');
    // It has said all that it will when a wish of its own came through the other one.
    const after = await busy.apps.create({ title: 'After' });
    await busy.deployments.create(after.id, { draftVersion: after.draftVersion });
    await untilSaid(after.id);
    for (const app of apps) {
      await untilSaid(app.id);
      const given = words.filter(({ appId }) => appId === app.id).map(placeOf);
      expect(given, `no watcher sees an app go back, round ${round}`).toEqual(given.toSorted((a, b) => a - b));
      const held = await (await raw.jetstreamManager()).streams.getMessage('FAPI_SPECS', { last_by_subj: `fapi.specs.app.${app.id}` });
      expect(placeOf(held.json()), 'what the bus holds').toBe(await rowOf(app.id));
    }
  }
}, 120_000);
