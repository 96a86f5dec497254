import type { Kysely } from 'kysely';
import { findReason } from '../disk/find-reason.ts';
import { migrate } from './migrations.ts';
import { openPglite } from './pglite.ts';
import { openPostgres } from './postgres.ts';
import type { Database } from '../schema.ts';

export interface OpenDatabase {
  readonly db: Database;
  readonly kind: 'pglite' | 'postgres';
  /** One connection of its own, kept for as long as it can be: what is bound to it is free again when this process ends. */
  readonly session: Database;
  /** Told when another server asks whoever holds the lease to look; the answer stops it. Where only one process can open the database, nobody asks. */
  onNotice(listener: () => void): () => void;
  /** Resolves when the database has ended for good without being closed: no statement is done any more until it is opened again, with all that was committed. */
  readonly ended: Promise<Error>;
  /** Writes are refused, or were half a minute ago, because the disk is full; reads go on. */
  isFull(): boolean;
  /** From now on a statement that takes longer fails. The embedded database ends with it: it has one session, and all others wait. Of a server of its own only that connection ends. */
  watch(limitMs: number): void;
  close(): Promise<void>;
}

/** `statementLimitMs` (60 s when absent) is not for what brings the database to the newest shape. */
export interface DatabasePlace { databaseUrl: string | undefined; dataDir: string; statementLimitMs?: number }

/** Opens the database that the configuration names, of whatever shape it is. */
export const connectDatabase = (place: DatabasePlace): Promise<OpenDatabase> => (place.databaseUrl === undefined ? openPglite(place.dataDir).catch(rejectWithReason(place)) : openPostgres(place.databaseUrl));

const rejectWithReason = ({ databaseUrl, dataDir }: DatabasePlace) => (cause: unknown): Promise<never> => Promise.reject(databaseUrl === undefined ? findReason(dataDir, cause) : cause);

/** Opens the database that the configuration names and brings it to the newest shape. */
export async function openDatabase(place: DatabasePlace): Promise<OpenDatabase> {
  const database = await connectDatabase(place);
  try {
    await migrate(database.db as Kysely<unknown>).catch(rejectWithReason(place));
    // Only now: a migration may take its time, and one that was ended each time would never be done.
    database.watch(place.statementLimitMs ?? 60_000);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
