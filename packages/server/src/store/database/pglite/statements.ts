import { type PGlite, protocol } from '@electric-sql/pglite';

interface Statement { name: string; parameterTypes: number[]; fields: { name: string; dataTypeID: number }[] }
/** What a statement answers; `tag` is Postgres' own word of what it did. */
export interface Rows { rows: Record<string, unknown>[]; fields: Statement['fields']; affectedRows: number; tag: string }
type Message = Awaited<ReturnType<PGlite['execProtocolStream']>>[number] & { dataTypeIDs?: number[]; fields?: unknown[]; text?: string };

const statementsKept = 300;
const bytea = 17;
/** What may be kept parsed: neither changes the shape of a table nor the state of the session. */
const preparable = /^\s*(?:select|insert|update|delete|with|begin|commit|rollback|set|checkpoint|declare|fetch|close)\b/i;

const adding = /^\s*(?:with\b.*\b)?(?:insert|update)\b/is;

/**
 * Keeps each statement parsed and planned and sends it in one message, where PGlite's own `query` takes five: 0.15 instead of 0.6 ms, for every statement.
 * One at a time; nobody else may use `pglite`. What `beforeWrite` throws is what a statement that adds something rejects with.
 */
export function prepareStatements(pglite: PGlite, beforeWrite: () => void): (sql: string, parameters?: readonly unknown[]) => Promise<Rows> {
  const known = new Map<string, Statement>();
  let count = 0;

  const send = async (...parts: Uint8Array[]): Promise<Message[]> => await pglite.execProtocolStream(Buffer.concat(parts), { syncToFs: false }) as Message[];

  const forget = async (sql: string): Promise<void> => {
    const { name } = known.get(sql)!;
    known.delete(sql);
    await send(protocol.serialize.close({ type: 'S', name }), protocol.serialize.sync());
  };

  const prepare = async (sql: string): Promise<Statement> => {
    const name = `s${++count}`;
    const messages = await send(protocol.serialize.parse({ name, text: sql }), protocol.serialize.describe({ type: 'S', name }), protocol.serialize.sync());
    const find = (kind: string): Message | undefined => messages.find((message) => message.name === kind);
    const statement = { name, parameterTypes: find('parameterDescription')?.dataTypeIDs ?? [], fields: (find('rowDescription')?.fields ?? []) as Statement['fields'] };
    known.set(sql, statement);
    if (known.size > statementsKept) await forget(known.keys().next().value!);
    return statement;
  };

  /** The least recently used one is the first in the map. */
  const take = async (sql: string): Promise<Statement> => {
    const statement = known.get(sql);
    if (!statement) return prepare(sql);
    known.delete(sql);
    known.set(sql, statement);
    return statement;
  };

  const toText = (value: unknown, type: number): string | Uint8Array | null => {
    if (value === null || value === undefined) return null;
    if (type === bytea && value instanceof Uint8Array) return value;
    return pglite.serializers[type]?.(value) ?? String(value);
  };

  const run = async (sql: string, parameters: readonly unknown[] = []): Promise<Rows> => {
    const { name, parameterTypes, fields } = await take(sql);
    const values = parameters.map((value, index) => toText(value, parameterTypes[index]!));
    const messages = await send(protocol.serialize.bind({ statement: name, values }), protocol.serialize.execute({}), protocol.serialize.sync());
    const rows = messages.filter((message) => message.name === 'dataRow').map((message) => Object.fromEntries((message.fields as (string | null)[]).map((text, index) => {
      const { name: column, dataTypeID } = fields[index]!;
      return [column, text === null ? null : pglite.parsers[dataTypeID]?.(text, dataTypeID) ?? text];
    })));
    const tag = messages.find((message) => message.name === 'commandComplete')?.text ?? '';
    return { rows, fields, affectedRows: /^(?:INSERT|UPDATE|DELETE|MERGE) .*?(\d+)$/.test(tag) ? Number(tag.split(' ').at(-1)) : 0, tag };
  };

  return async (sql, parameters) => {
    if (adding.test(sql)) beforeWrite();
    if (preparable.test(sql)) return run(sql, parameters);
    // The shape of a table may change: what was planned for the former one is over.
    for (const former of known.keys()) await forget(former);
    const rows = await run(sql, parameters);
    await forget(sql);
    return rows;
  };
}
