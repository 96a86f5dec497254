import { randomBytes } from 'node:crypto';
import { createClient, type FapiClient, isApiError } from '@fapi/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStream } from './parts/read-stream.ts';
import { startSystem, type System, until } from './parts/system.ts';

/** What the server keeps its word on, whatever database is below it and whoever comes at the same moment. */
export function describeStore(title: string, makeEnvironment: () => Promise<Record<string, string>>): void {
  describe(`the store: ${title}`, () => {
    /** Where several processes can open it, two servers share it; else both are the same one. */
    let systems: System[] = [];
    let clients: FapiClient[] = [];
    beforeAll(async () => {
      // Servers of one database share their keys.
      const environment: Record<string, string> = { ...(await makeEnvironment()), FAPI_OPERATOR_KEY: randomBytes(24).toString('hex'), FAPI_ENVIRONMENT_KEY: randomBytes(24).toString('hex') };
      systems = [await startSystem(environment)];
      systems.push(environment['FAPI_DATABASE_URL'] === undefined ? systems[0]! : await startSystem(environment));
      clients = systems.map((system) => createClient({ baseUrl: system.server.url, apiKey: systems[0]!.server.operatorKey, retryLimit: 0 }));
    });
    afterAll(async () => {
      for (const client of clients) client.close();
      for (const system of new Set(systems)) await system.stop();
    });
    const many = <T>(count: number, work: (client: FapiClient, index: number) => Promise<T>) => Promise.allSettled(Array.from({ length: count }, (_, index) => work(clients[index % 2]!, index)));
    const codes = (results: readonly PromiseSettledResult<unknown>[]): string[] => results.map((result) => (result.status === 'fulfilled' ? 'ok' : isApiError(result.reason) ? result.reason.code : String(result.reason))).toSorted();
    const files = (word: string) => [{ path: 'main.py', content: `# ${word}\n` }];

    it('gives one of many saves at the same version the next one, and tells the others', async () => {
      const app = await clients[0]!.apps.create({ title: 'App' });
      const saved = await many(12, (client, index) => client.drafts.save(app.id, { version: app.draftVersion, files: files(`save ${index}`) }));
      expect(codes(saved)).toEqual([...Array.from({ length: 11 }, () => 'draft_conflict'), 'ok']);
      const won = saved.findIndex(({ status }) => status === 'fulfilled');
      expect(await clients[1]!.drafts.read(app.id)).toMatchObject({ version: app.draftVersion + 1, files: files(`save ${won}`) });
    });

    it('gives many environments at the same version one winner', async () => {
      const app = await clients[0]!.apps.create({ title: 'App' });
      const saved = await many(8, (client, index) => client.environment.save(app.id, { version: 0, variables: [{ name: 'WORD', value: String(index), secret: false, scope: 'both' }] }));
      expect(codes(saved)).toEqual([...Array.from({ length: 7 }, () => 'environment_conflict'), 'ok']);
      expect((await clients[1]!.environment.read(app.id)).variables[0]!.value).toBe(String(saved.findIndex(({ status }) => status === 'fulfilled')));
    });

    it('gives many deploys at once a generation each, and leaves one that is not superseded', async () => {
      const app = await clients[0]!.apps.create({ title: 'App' });
      const made = await many(10, (client) => client.deployments.create(app.id, { draftVersion: app.draftVersion }));
      expect(codes(made)).toEqual(Array.from({ length: 10 }, () => 'ok'));
      const page = (await systems[0]!.call(`/v1/apps/${app.id}/deployments?limit=100`)).json.items as { generation: number; status: string }[];
      expect(page.map(({ generation }) => generation)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
      expect(page.map(({ status }) => status)).toEqual(['queued', ...Array.from({ length: 9 }, () => 'superseded')]);
    });

    it('does once what comes many times at once with one key, and answers all of them the same', async () => {
      const app = await clients[0]!.apps.create({ title: 'App' });
      const [created, deployed] = [await many(8, (client) => client.apps.create({ title: 'Keyed' }, { idempotencyKey: 'one-app' })), await many(8, (client) => client.deployments.create(app.id, { draftVersion: app.draftVersion }, { idempotencyKey: 'one-deploy' }))];
      for (const results of [created, deployed]) {
        expect(codes(results)).toEqual(Array.from({ length: 8 }, () => 'ok'));
        expect(new Set(results.map((result) => (result as PromiseFulfilledResult<{ id: string }>).value.id)).size).toBe(1);
      }
      expect((await systems[0]!.call(`/v1/apps/${app.id}/deployments`)).json.items).toHaveLength(1);
      expect(codes(await many(2, (client, index) => client.apps.create({ title: `Other ${index}` }, { idempotencyKey: 'one-app' })))).toEqual(['idempotency_conflict', 'idempotency_conflict']);
    });

    it('shows a reader every event of many writers, in the order of their ids, none twice and none late', async () => {
      const apps = await Promise.all(Array.from({ length: 6 }, (_, index) => clients[index % 2]!.apps.create({ title: 'App' })));
      const readers = systems.map((system) => readStream(system, `apps=${apps.map(({ id }) => id).join(',')}&topics=apps&since=0`, { token: systems[0]!.server.operatorKey }));
      const rounds = 15;
      await Promise.all(apps.map(async (app, index) => {
        for (let round = 0; round < rounds; round++) await clients[(index + round) % 2]!.drafts.save(app.id, { version: app.draftVersion + round, files: files(`round ${round}`) });
      }));
      for (const reader of readers) {
        const seen = await until(() => reader.events.filter(({ type }) => type === 'app'), (events) => events.length >= apps.length * (rounds + 1), 20_000);
        const ids = seen.map(({ id }) => Number(id));
        expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
        for (const app of apps) expect(seen.filter(({ appId }) => appId === app.id).map((event) => event.app.draftVersion)).toEqual(Array.from({ length: rounds + 1 }, (_, round) => app.draftVersion + round));
        await reader.stop();
      }
    }, 60_000);

    it('lets a delete and what comes at the same moment end in one order or the other', async () => {
      for (let round = 0; round < 5; round++) {
        const app = await clients[0]!.apps.create({ title: 'App' });
        const results = await many(6, (client, index): Promise<unknown> => (index === 2 ? client.apps.delete(app.id) : index % 2 === 0 ? client.drafts.save(app.id, { version: app.draftVersion, files: files(String(index)) }) : client.deployments.create(app.id, { draftVersion: app.draftVersion })));
        expect(results[2]!.status).toBe('fulfilled');
        for (const code of codes(results)) expect(['ok', 'app_not_found', 'draft_conflict']).toContain(code);
        expect(codes(await many(2, (client) => client.apps.read(app.id)))).toEqual(['app_not_found', 'app_not_found']);
      }
    });
  });
}
