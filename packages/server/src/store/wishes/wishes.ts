import type { RunnerSpec } from '@fapi/runner-controller/work';
import { type AppChange, type AppRow, toColumns } from '../apps/apps.ts';
import type { DeploymentRow } from './deployments.ts';
import { toJson } from '../json.ts';
import type { Tx } from '../schema.ts';
import { putting } from './specs.ts';

/** A new deployment, what the controller is told of it, and what it changes in the row of its app. */
export interface NewWish { deployment: DeploymentRow; spec: RunnerSpec; change: AppChange }

/** Writes a wish, in one statement; answers the row of its app. */
export function writeWish(tx: Tx, { deployment: { stages, failure, findings, ...row }, spec, change }: NewWish, at: Date): Promise<AppRow> {
  const values = { ...row, stages: toJson(stages), failure: failure && toJson(failure), findings: findings && toJson(findings) };
  return tx.with('made', (db) => db.insertInto('deployments').values(values)).with('told', (db) => putting(db, spec, at))
    .updateTable('apps').set(toColumns(change)).where('id', '=', row.app_id).returningAll().executeTakeFirstOrThrow();
}
