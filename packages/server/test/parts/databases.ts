import { startPostgres } from '../../../../tools/parts/postgres.ts';
import { startSystem, type System } from './system.ts';

/** Both adapters of the database port: `describe.each(databases)`. */
export const databases = ['pglite', 'postgres'] as const;

/** A server on that database. A Postgres is started for it alone, and ends with it. `databaseUrl` is undefined on PGlite. */
export async function startSystemOn(database: (typeof databases)[number], environment: Record<string, string> = {}): Promise<System & { readonly databaseUrl: string | undefined }> {
  if (database === 'pglite') return Object.assign(await startSystem(environment), { databaseUrl: undefined });
  const postgres = await startPostgres();
  try {
    const databaseUrl = await postgres.createDatabase();
    const system = await startSystem({ ...environment, FAPI_DATABASE_URL: databaseUrl });
    const { stop } = system;
    return Object.assign(system, {
      databaseUrl,
      async stop() {
        await stop();
        await postgres.stop();
      },
    });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
