import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { init } from './migrations/0001-init.ts';
import { environment } from './migrations/0002-environment.ts';
import { healthFacts } from './migrations/0003-health-facts.ts';
import { lastCrash } from './migrations/0004-last-crash.ts';
import { contents } from './migrations/0005-contents.ts';
import { access } from './migrations/0006-access.ts';
import { durability } from './migrations/0008-durability.ts';
import { revisions } from './migrations/0009-revisions.ts';
import { lifecycle } from './migrations/0010-lifecycle.ts';
import { retention } from './migrations/0011-retention.ts';
import { appLimits } from './migrations/0012-app-limits.ts';
import { presence } from './migrations/0013-presence.ts';
import { housekeeping } from './migrations/0014-housekeeping.ts';
import { serverKeys } from './migrations/0015-server-keys.ts';

/** Once released, a step is never edited: a change is the next step. There never was a 0007: 0005 to 0008 were made side by side under numbers given out beforehand, and that one was not needed. It stays free: databases have done 0008, and the migrator refuses a step that comes before it. */
const migrations: Record<string, readonly string[]> = {
  '0001_init': init,
  '0002_environment': environment,
  '0003_health_facts': healthFacts,
  '0004_last_crash': lastCrash,
  '0005_contents': contents,
  '0006_access': access,
  '0008_durability': durability,
  '0009_revisions': revisions,
  '0010_lifecycle': lifecycle,
  '0011_retention': retention,
  '0012_app_limits': appLimits,
  '0013_presence': presence,
  '0014_housekeeping': housekeeping,
  '0015_server_keys': serverKeys,
};

/** Every shape the database has had, in order. */
export const shapes = Object.keys(migrations);

const toStep = (statements: readonly string[]): Migration => ({
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});

/** Brings the database to the newest shape, or only up to the named one; a failed step leaves it as it was and rejects. */
export async function migrate(db: Kysely<unknown>, shape?: string): Promise<void> {
  if (shape === undefined && (await isNewest(db))) return;
  const steps = Object.fromEntries(Object.entries(migrations).map(([name, statements]) => [name, toStep(statements)]));
  const migrator = new Migrator({ db, provider: { getMigrations: async () => steps } });
  const { error } = await (shape === undefined ? migrator.migrateToLatest() : migrator.migrateTo(shape));
  if (error) throw new Error('the database could not be migrated', { cause: error });
}

/** The migrator asks for each of its tables and locks them: a fifth of a start on the embedded database, which finds in most cases that nothing is to do. */
async function isNewest(db: Kysely<unknown>): Promise<boolean> {
  const { rows: tables } = await sql<{ is_there: boolean }>`select to_regclass('kysely_migration') is not null as is_there`.execute(db);
  if (!tables[0]!.is_there) return false;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name).join() === shapes.join();
}
