import { afterAll } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../tools/parts/postgres.ts';
import { describeStore } from './store.suite.ts';

let postgres: PostgresServer | undefined;
afterAll(() => postgres?.stop());

describeStore('PGlite', async () => ({}));
describeStore('Postgres, through two servers', async () => ({ FAPI_DATABASE_URL: await (postgres ??= await startPostgres()).createDatabase() }));
