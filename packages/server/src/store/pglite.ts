import { closeSync, fsyncSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { Kysely, PGliteDialect } from 'kysely';
import { takeLock } from './lock-file.ts';
import type { OpenDatabase } from './open.ts';
import { prepareStatements } from './prepared-statements.ts';
import type { Tables } from './schema.ts';
import { makeFullError } from './trouble.ts';

const checkpointEveryMs = 60_000;
const int8 = 20;
/**
 * Two segments of its log. Postgres outlives a table that cannot grow, but not a log that cannot: in this process a failed checkpoint blocks every later statement,
 * and a log without a next segment ends the engine. So nothing is added when so little is free.
 */
const reserveBytes = 32_000_000;

function isFull(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize < reserveBytes;
}

/** Postgres inside this process, made as durable as the real one: own lock, real fsync, checkpoints (research: stack.md section 1). */
export async function openPglite(dataDir: string): Promise<OpenDatabase> {
  const release = await takeLock(join(dataDir, 'database.lock'));
  try {
    const folder = join(dataDir, 'database');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const pglite = await PGlite.create({
      fs: new SyncingFs(folder),
      parsers: { [int8]: (text: string) => Number(text) },
      // Without -F, which switches fsync off; small buffers halve the memory.
      startParams: [...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), '-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
    });
    // max_wal_size and the checkpointer mean nothing in single-user mode: the log would grow for ever.
    const prepared = prepareStatements(pglite, () => {
      if (isFull(folder)) throw makeFullError(`fewer than ${reserveBytes / 1e6} MB are free for the database`);
    });
    const checkpoint = async (): Promise<void> => {
      if (!isFull(folder)) await prepared.query('checkpoint').catch(() => undefined);
    };
    const timer = setInterval(() => void checkpoint(), checkpointEveryMs);
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: prepared }) });
    return {
      db,
      kind: 'pglite',
      session: db,
      onNotice: () => () => {},
      async close() {
        clearInterval(timer);
        await checkpoint();
        await prepared.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

interface SyncStream { node: unknown; nfd?: number }
interface NodeFsModule { NODEFS: { stream_ops: { fsync?: (stream: SyncStream) => number }; realPath(node: unknown): string } }

/** PGlite's file layer has no fsync hook at all: a power cut would lose what was acknowledged. */
class SyncingFs extends NodeFS {
  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const install = ({ NODEFS: nodeFs }: NodeFsModule): void => {
      nodeFs.stream_ops.fsync = (stream) => {
        if (stream.nfd !== undefined) {
          fsyncSync(stream.nfd);
          return 0;
        }
        const descriptor = openSync(nodeFs.realPath(stream.node), 'r');
        fsyncSync(descriptor);
        closeSync(descriptor);
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), install as never] } };
  }
}
