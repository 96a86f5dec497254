import { statfsSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { makeFullError } from '../trouble.ts';
import { reserveBytes } from './reserve.ts';
import { prepareStatements, type Rows } from './statements.ts';
import { SyncingFs } from './syncing-fs.ts';

const int8 = 20;

export interface Engine {
  query(sql: string, parameters?: readonly unknown[]): Promise<Rows>;
  close(): Promise<void>;
}

/** Postgres as a library over a folder, made as durable as the real one. */
export async function openEngine(folder: string): Promise<Engine> {
  const pglite = await PGlite.create({
    fs: new SyncingFs(folder),
    parsers: { [int8]: (text: string) => Number(text) },
    // Without -F, which switches fsync off; small buffers halve the memory.
    startParams: [...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), '-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
  });
  const isFull = (): boolean => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < reserveBytes;
  };
  const query = prepareStatements(pglite, () => {
    if (isFull()) throw makeFullError(`fewer than ${reserveBytes / 1e6} MB are free for the database`);
  });
  return {
    async query(sql, parameters) {
      if (sql === 'checkpoint' && isFull()) throw makeFullError('a checkpoint needs space');
      return query(sql, parameters);
    },
    close: () => pglite.close(),
  };
}
