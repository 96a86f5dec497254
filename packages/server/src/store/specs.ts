import type { RunnerSpec } from '@fapi/runner-controller/work';
import { sql } from 'kysely';
import { toJson } from './json.ts';
import type { Database, Tx } from './schema.ts';

/** The outbox, folded to the last word per app: written in the transaction of the wish, published afterwards. */
export async function putSpec(tx: Tx, spec: RunnerSpec, at: Date): Promise<void> {
  const values = { generation: spec.generation, spec: toJson(spec), is_published: false, changed_at: at };
  await tx.insertInto('specs').values({ app_id: spec.appId, ...values }).onConflict((conflict) => conflict.column('app_id').doUpdateSet(values)).execute();
}

export const findSpec = async (tx: Tx, appId: string): Promise<RunnerSpec | undefined> => (await tx.selectFrom('specs').select('spec').where('app_id', '=', appId).executeTakeFirst())?.spec;

export async function listSpecs(db: Database, which: 'unpublished' | 'all'): Promise<RunnerSpec[]> {
  const query = db.selectFrom('specs').select('spec').orderBy('changed_at').orderBy('app_id');
  return (await (which === 'all' ? query : query.where('is_published', '=', false)).execute()).map((row) => row.spec);
}

/** Only if it is still the same word: one that was written meanwhile is still to be sent. Not worth a wait for the disk: a lost mark only sends again. */
export async function markPublished(db: Database, spec: RunnerSpec): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`set local synchronous_commit = off`.execute(tx);
    await tx.updateTable('specs').set({ is_published: true }).where('app_id', '=', spec.appId).where('generation', '=', spec.generation)
      .where((where) => where('spec', '=', where.cast<never>(where.val(toJson(spec)), 'jsonb'))).execute();
  });
}
