import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import * as z from 'zod/mini';

/** The archive cannot be used. The message is one sentence that says what is wrong with it. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

export const archiveVersion = 1;

/** The first line of an archive. */
export const ArchiveHeader = z.object({
  fapiBackup: z.literal(archiveVersion),
  /** When the snapshot was taken. */
  at: z.iso.datetime(),
  /** The newest step of the database's shape, as in `store/database/migrations`. */
  shape: z.string(),
  /** In an order in which they can be filled: what is referred to comes first. */
  tables: z.array(z.string()),
  /** Ids of the keys that environments are sealed with; the keys are not in the archive. */
  environmentKeyIds: z.array(z.string()),
});
export type ArchiveHeader = z.infer<typeof ArchiveHeader>;

/** The last line: without it the archive was cut. `sha256` is that of every byte before this line. */
const ArchiveEnd = z.object({ end: z.literal(true), rows: z.record(z.string(), z.int()), sha256: z.string() });
export type RowCounts = Record<string, number>;

/** One row, as the text of a JSON object. */
export interface ArchiveRow { table: string; json: string }

/** Writes a gzip of lines: header, rows, end. The file is there whole or not at all. */
export async function writeArchive(file: string, header: ArchiveHeader, rows: AsyncIterable<ArchiveRow>): Promise<RowCounts> {
  const hash = createHash('sha256');
  const counts: RowCounts = Object.fromEntries(header.tables.map((table) => [table, 0]));
  const hashed = (line: string): string => {
    hash.update(line);
    return line;
  };
  async function* lines(): AsyncGenerator<string> {
    yield hashed(`${JSON.stringify(header)}\n`);
    for await (const { table, json } of rows) {
      counts[table] = (counts[table] ?? 0) + 1;
      yield hashed(`[${JSON.stringify(table)},${json}]\n`);
    }
    yield `${JSON.stringify({ end: true, rows: counts, sha256: hash.digest('hex') })}\n`;
  }
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(lines(), { objectMode: true }), createGzip({ level: 1 }), createWriteStream(part, { mode: 0o600, flush: true }));
    await rename(part, file);
    return counts;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Reads an archive from its beginning: the header at once, then the rows. A damaged or cut one rejects with `ArchiveError`, at the latest after its last row. */
export async function openArchive(file: string): Promise<{ header: ArchiveHeader; rows: AsyncGenerator<ArchiveRow> }> {
  const lines = readLines(file);
  const hash = createHash('sha256');
  const first = await lines.next();
  const header = first.done ? undefined : readJson(first.value);
  const version = (header as { fapiBackup?: unknown } | undefined)?.fapiBackup;
  if (version === undefined) throw new ArchiveError(`${file} is not a backup of fapi.`);
  if (version !== archiveVersion) throw new ArchiveError(`${file} has the format ${String(version)}, and this fapi reads ${archiveVersion}: restore it with the fapi that made it, or a newer one.`);
  const checked = z.safeParse(ArchiveHeader, header);
  if (!checked.success) throw damaged(file, 'its first line is not what was written');
  hash.update(first.value as Buffer).update('\n');

  async function* rows(): AsyncGenerator<ArchiveRow> {
    const counts: RowCounts = Object.fromEntries(checked.data!.tables.map((table) => [table, 0]));
    for await (const line of lines) {
      if (line[0] === openBrace) return checkEnd(line, counts);
      hash.update(line).update('\n');
      const text = line.toString('utf8');
      const comma = text.indexOf('",');
      const table = text.slice(2, comma);
      if (!text.startsWith('["') || !text.endsWith(']') || !Object.hasOwn(counts, table)) throw damaged(file, 'a line is not what was written');
      counts[table]! += 1;
      yield { table, json: text.slice(comma + 2, -1) };
    }
    throw damaged(file, 'its end is missing');
  }
  function checkEnd(line: Buffer, counts: RowCounts): void {
    const end = z.safeParse(ArchiveEnd, readJson(line));
    if (!end.success || end.data.sha256 !== hash.digest('hex')) throw damaged(file, 'its checksum is not that of what is in it');
    for (const [table, count] of Object.entries(counts)) if (end.data.rows[table] !== count) throw damaged(file, `${table} has ${count} rows in it and should have ${end.data.rows[table]}`);
  }
  return { header: checked.data, rows: rows() };
}

const openBrace = '{'.charCodeAt(0);
const newline = '\n'.charCodeAt(0);
const damaged = (file: string, how: string, cause?: unknown): ArchiveError => new ArchiveError(`${file} is damaged: ${how}. Use another backup.`, { cause });

function readJson(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Not by `readline`: it takes U+2028 for the end of a line too. */
async function* readLines(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  const passing = pipeline(source, gunzip);
  passing.catch(() => undefined);
  let parts: Buffer[] = [];
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
        yield Buffer.concat([...parts, chunk.subarray(from, at)]);
        parts = [];
        from = at + 1;
      }
      if (from < chunk.length) parts.push(chunk.subarray(from));
    }
    if (parts.length > 0) throw damaged(file, 'its last line is cut');
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof ArchiveError) throw error;
    if (syscall !== undefined && code === 'ENOENT') throw new ArchiveError(`There is no file ${file}.`, { cause: error });
    if (code === 'Z_DATA_ERROR' && parts.length === 0 && source.bytesRead < 100_000) throw new ArchiveError(`${file} is not a backup of fapi, or it is damaged (${(error as Error).message}).`, { cause: error });
    if (code?.startsWith('Z_')) throw damaged(file, (error as Error).message, error);
    throw error;
  } finally {
    source.destroy();
  }
}
