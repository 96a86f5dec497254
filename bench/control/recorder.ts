import type { CompiledQuery, KyselyPlugin, RootOperationNode } from 'kysely';
import type { Database, Tx } from '../../packages/server/src/store/schema.ts';

export interface Recording { db: Database; nodes: RootOperationNode[] }

/** The same database, and every statement that goes through it as it goes. */
export function record(db: Database): Recording {
  const nodes: RootOperationNode[] = [];
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { db: db.withPlugin(plugin), nodes };
}

export const compile = (db: Database, nodes: readonly RootOperationNode[]): CompiledQuery[] => nodes.map((node) => db.getExecutor().compileQuery(node, { queryId: String(Math.random()) } as never));

/** The same statements for another app and another call: what has to be unique is renamed, the rest is as it was. */
export function rename(queries: readonly CompiledQuery[], names: ReadonlyMap<string, string>): CompiledQuery[] {
  const renamed = (value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    let text = value;
    for (const [from, to] of names) text = text.replaceAll(from, to);
    return text;
  };
  return queries.map((query) => ({ ...query, parameters: query.parameters.map(renamed) }));
}

export async function replay(db: Database | Tx, queries: readonly CompiledQuery[]): Promise<void> {
  for (const query of queries) await db.executeQuery(query);
}
