import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigError, readConfig, type ServerConfig } from '../config.ts';
import { createKeyRing } from '../domain/environments/key-ring.ts';
import { LockedError } from '../store/disk/lock-file.ts';
import { connectDatabase, type OpenDatabase } from '../store/database/open.ts';
import { ArchiveError, type ArchiveHeader, openArchive, type RowCounts } from './archive.ts';
import { restoreBackup, RestoreError } from './restore-backup.ts';
import { writeBackup } from './write-backup.ts';
import { findTrouble } from '../store/disk/trouble.ts';

export interface BackupReport { header: ArchiveHeader; rows: RowCounts }

/**
 * Writes a backup of what the environment's variables name: from the database, or through the server where that one holds the embedded database.
 * Resolves when the file is there and was read again to its end.
 */
export async function backUp(environment: NodeJS.ProcessEnv, file: string, now: () => Date = () => new Date()): Promise<BackupReport> {
  await requirePlace(file);
  return inSentences(() => makeBackup(environment, file, now()));
}

async function makeBackup(environment: NodeJS.ProcessEnv, file: string, at: Date): Promise<BackupReport> {
  const config = readConfig(environment);
  if (config.databaseUrl === undefined && !existsSync(join(config.dataDir, 'database'))) throw new RestoreError(`There is no database in ${config.dataDir}: set FAPI_DATABASE_URL or FAPI_DATA_DIR to those of the server.`);
  const database = await connectDatabase(config).catch((error: unknown) => {
    if (error instanceof LockedError) return undefined;
    throw error;
  });
  if (database) await using(database, ({ db }) => writeBackup(db, file, at));
  else await download(config, file);
  return readBackup(file);
}

/** Fills the empty database that the environment's variables name. `missingKeyIds` are those that its secrets need and that FAPI_ENVIRONMENT_KEY does not hold. */
export async function restore(environment: NodeJS.ProcessEnv, file: string, now: () => Date = () => new Date()): Promise<BackupReport & { missingKeyIds: string[] }> {
  const config = readConfig(environment);
  const report = await inSentences(async () => {
    if ((await stat(file).catch(() => undefined))?.isFile() === false) throw new RestoreError(`${file} is no file: name the backup itself.`);
    return using(await connectDatabase(config), ({ db }) => restoreBackup(db, file, now()));
  });
  const { keyId, olderKeyIds } = createKeyRing(config.environmentKeys);
  return { ...report, missingKeyIds: report.header.environmentKeyIds.filter((id) => id !== keyId && !olderKeyIds.includes(id)) };
}

/** Reads a backup to its end; rejects with `ArchiveError` when it is damaged. */
export async function readBackup(file: string): Promise<BackupReport> {
  const { header, rows } = await openArchive(file);
  const counts: RowCounts = Object.fromEntries(header.tables.map((table) => [table, 0]));
  for await (const { table } of rows) counts[table]! += 1;
  return { header, rows: counts };
}

/** A backup takes the place of what is there: of an older one, never of a device such as /dev/null. */
async function requirePlace(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isFile()) throw new RestoreError(`${file} is ${found.isDirectory() ? 'a folder' : 'a device or a pipe'}: name a file for the backup.`);
  const folder = dirname(file);
  if (!found && !(await stat(folder).catch(() => undefined))?.isDirectory()) throw new RestoreError(`There is no folder ${folder}: make it, or name another place for the backup.`);
}

/** What the disk and the database say with a code is for whoever calls us, and no fault of ours. */
async function inSentences<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof LockedError) throw new RestoreError(cause.message, { cause });
    const { code } = cause as { code?: unknown };
    if (!(cause instanceof Error) || typeof code !== 'string' || [ConfigError, ArchiveError, RestoreError].some((kind) => cause instanceof kind)) throw cause;
    throw new RestoreError(findTrouble(cause) === 'away' ? `The database cannot be reached (${cause.message}): check FAPI_DATABASE_URL.` : `It was not done: ${cause.message}.`, { cause });
  }
}

async function using<T>(database: OpenDatabase, work: (database: OpenDatabase) => Promise<T>): Promise<T> {
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function download(config: ServerConfig, file: string): Promise<void> {
  const url = `http://${config.isLoopback ? config.host : '127.0.0.1'}:${config.port}/v1/backup`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${config.operatorKey}` } }).catch((cause: unknown) => {
    throw new RestoreError(`A server holds the database in ${config.dataDir}, and none answers at ${url}: set FAPI_PORT to that of the server, or end it.`, { cause });
  });
  if (!answer.ok || !answer.body) throw new RestoreError(`The server at ${url} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  const part = `${file}.part`;
  try {
    await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(part, { mode: 0o600, flush: true }));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
