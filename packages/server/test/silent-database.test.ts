import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { type Proxy, startProxy } from '../../../tools/parts/proxy.ts';
import { openPostgres } from '../src/store/database/postgres.ts';
import { findTrouble } from '../src/store/disk/trouble.ts';
import { startSystem, until, watchSpecs } from './parts/system.ts';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

/** Work with a database behind a network that can go silent: it takes every byte and passes none on. */
async function withNetwork(work: (url: string, network: Proxy) => Promise<void>): Promise<void> {
  const url = new URL(await postgres.createDatabase());
  const network = await startProxy(Number(url.port));
  url.port = String(network.port);
  try {
    await work(url.href, network);
  } finally {
    await network.stop();
  }
}

it('that says nothing any more holds up no request for ever: they are answered, the lease is lost, and all goes on when it speaks again', () => withNetwork(async (url, network) => {
  const system = await startSystem({ FAPI_DATABASE_URL: url, FAPI_STATEMENT_LIMIT_S: '1' });
  const specs = watchSpecs(system.bus);
  try {
    const isSaid = async (): Promise<void> => {
      const app = (await system.call('/v1/apps', { method: 'POST', body: { title: 'App' } })).json;
      expect((await system.call(`/v1/apps/${app.id}/deployments`, { method: 'POST', body: { draftVersion: 1 } })).status).toBe(202);
      await until(() => specs.of(app.id), (spec) => spec !== undefined);
    };
    await isSaid();
    network.hold();
    const asked = [() => system.call('/v1/apps'), () => system.call('/v1/apps', { method: 'POST', body: { title: 'Never' } }), () => system.call('/v1/health/ready')];
    for (const { status, json } of await Promise.all(asked.map((ask) => ask()))) expect([status, json.code]).toEqual([503, 'not_ready']);
    await until(() => system.logs, (logs) => logs.some(({ msg }) => msg === 'the lease to publish specs could not be renewed'));
    network.mend();
    await until(() => system.call('/v1/health/ready'), ({ status }) => status === 200, 20_000);
    await isSaid();
    expect((await system.call('/v1/apps')).json.items.map(({ title }: { title: string }) => title)).not.toContain('Never');
  } finally {
    specs.stop();
    network.mend();
    await system.stop();
  }
}), 60_000);

it('that says nothing any more does not keep a server from ending', () => withNetwork(async (url, network) => {
  const system = await startSystem({ FAPI_DATABASE_URL: url, FAPI_STATEMENT_LIMIT_S: '1' });
  expect((await system.call('/v1/apps')).status).toBe(200);
  network.hold();
  await system.stop();
}), 60_000);

it('gives up the connection of a statement that takes too long, alone or in a transaction, and the next one gets another', () => withNetwork(async (url) => {
  const { db, watch, close } = await openPostgres(url);
  const sleep = (where: Pick<Kysely<never>, 'getExecutor'>, seconds: number) => sql`select pg_sleep(${sql.lit(seconds)})`.execute(where);
  try {
    // What brings a database to its newest shape is done before anybody watches.
    await sleep(db, 0.3);
    watch(100);
    for (const asked of [sleep(db, 60), db.transaction().execute((tx) => sleep(tx, 60))]) expect(findTrouble(await asked.then(() => undefined, (error: unknown) => error))).toBe('away');
    for (let time = 0; time < 20; time++) expect((await sql`select 1`.execute(db)).rows).toHaveLength(1);
  } finally {
    await close();
  }
}));
