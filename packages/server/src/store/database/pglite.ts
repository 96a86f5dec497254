import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, PGliteDialect, type PGliteDialectConfig } from 'kysely';
import { takeLock } from '../disk/lock-file.ts';
import type { OpenDatabase } from './open.ts';
import { takeTurns } from './pglite/in-turn.ts';
import { startEngine } from './pglite/remote-engine.ts';
import type { Tables } from '../schema.ts';
import { createSpace } from '../disk/space.ts';

const checkpointEveryMs = 60_000;

/** Postgres inside this process, in a thread of its own, for nobody but us. */
export async function openPglite(dataDir: string): Promise<OpenDatabase> {
  const release = await takeLock(join(dataDir, 'database.lock'));
  try {
    const folder = join(dataDir, 'database');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const remote = await startEngine(folder);
    const engine = takeTurns(remote);
    // max_wal_size and the checkpointer mean nothing in single-user mode: the log would grow for ever.
    const checkpoint = (): Promise<unknown> => engine.query('checkpoint').catch(() => undefined);
    const timer = setInterval(() => void checkpoint(), checkpointEveryMs);
    let closed = false;
    const close = async (): Promise<void> => {
      if (closed) return;
      closed = true;
      await engine.close().catch(() => undefined);
    };
    const pglite = { ...engine, close, get closed() { return closed; }, ready: true, waitReady: Promise.resolve() };
    const space = createSpace();
    const db = new Kysely<Tables>({ log: space.note, dialect: new PGliteDialect({ pglite: pglite as unknown as PGliteDialectConfig['pglite'] }) });
    return {
      db,
      kind: 'pglite',
      session: db,
      onNotice: () => () => {},
      ended: remote.ended,
      watch: remote.watch,
      isFull: space.isFull,
      async close() {
        clearInterval(timer);
        await checkpoint();
        await close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
