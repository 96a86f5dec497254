import { unsettledStatuses } from '@fapi/sdk/contract';
import type { RunnerSpec } from '@fapi/runner-controller/work';
import { type QueryCreator, type Selectable, sql } from 'kysely';
import { toJson } from '../json.ts';
import { inReserve } from '../disk/take-reserve.ts';
import type { Database, Tables, Tx } from '../schema.ts';

const toSpec = ({ spec, sequence }: Pick<Selectable<Tables['specs']>, 'spec' | 'sequence'>): RunnerSpec => (sequence === 0 ? spec : { ...spec, sequence });

/** The outbox, folded to the last word per app: written in the transaction of the wish, published afterwards. The first word of a generation has the sequence 0. */
export async function putSpec(tx: Tx, spec: RunnerSpec, at: Date): Promise<void> {
  await putting(tx, spec, at).execute();
}

/** The statement of `putSpec`, to be made part of another one. */
export function putting(db: QueryCreator<Tables>, spec: RunnerSpec, at: Date) {
  const values = { generation: spec.generation, spec: toJson(spec), is_published: false, changed_at: at };
  const sequence = sql<number>`case when specs.generation = excluded.generation then specs.sequence + 1 else 0 end`;
  return db.insertInto('specs').values({ app_id: spec.appId, ...values, sequence: 0 }).onConflict((conflict) => conflict.column('app_id').doUpdateSet({ ...values, sequence }));
}

/** Without its sequence: whoever changes it writes the next one. */
export const findSpec = async (tx: Tx, appId: string): Promise<RunnerSpec | undefined> => (await tx.selectFrom('specs').select('spec').where('app_id', '=', appId).executeTakeFirst())?.spec;

/** What was not published first, then the rest. */
export async function listSpecs(db: Database, which: 'unpublished' | 'all'): Promise<RunnerSpec[]> {
  const query = db.selectFrom('specs').select(['spec', 'sequence']).orderBy('is_published').orderBy('changed_at').orderBy('app_id');
  return (await (which === 'all' ? query : query.where('is_published', '=', false)).execute()).map(toSpec);
}

/** The wishes of deployments that nobody has moved since `before`. */
export async function listStuckSpecs(db: Database, before: Date): Promise<RunnerSpec[]> {
  const rows = await db.selectFrom('specs').innerJoin('deployments', (join) => join.onRef('deployments.app_id', '=', 'specs.app_id').onRef('deployments.generation', '=', 'specs.generation'))
    .select(['spec', 'sequence']).where('status', 'in', [...unsettledStatuses]).where('progressed_at', '<', before).where('changed_at', '<', before).execute();
  return rows.map(toSpec);
}

/** Only if it is still the same word: one that was written meanwhile is still to be sent. Not worth a wait for the disk: a lost mark only sends again. That an app is gone is sent while the disk is full, and what is not marked stands before the next. */
export async function markPublished(db: Database, spec: RunnerSpec): Promise<void> {
  await inReserve(db, async (tx) => {
    await sql`set local synchronous_commit = off`.execute(tx);
    await tx.updateTable('specs').set({ is_published: true }).where('app_id', '=', spec.appId).where('generation', '=', spec.generation).where('sequence', '=', spec.sequence ?? 0).execute();
  });
}
