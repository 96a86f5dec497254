import { PGlite } from '@electric-sql/pglite';
import { findShortage } from '../../disk/floors.ts';
import { findShare, type Share } from '../../disk/share.ts';
import { makeFullError } from '../../disk/trouble.ts';
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
  /** One transaction at a time: what comes after the word, until its end, is of the one that said it. */
  let taken: Share | undefined;
  const requireSpace = (): void => {
    const shortage = findShortage(folder, taken);
    if (shortage !== undefined) throw makeFullError(`nothing is written to the database: ${shortage}`);
  };
  const query = prepareStatements(pglite, requireSpace);
  return {
    async query(sql, parameters) {
      if (sql === 'checkpoint') requireSpace();
      if (sql === 'begin' || sql === 'commit' || sql === 'rollback') taken = undefined;
      else taken = findShare(sql) ?? taken;
      return query(sql, parameters);
    },
    close: () => pglite.close(),
  };
}
