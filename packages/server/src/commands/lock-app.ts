import { DomainError } from '../domain/errors.ts';
import { type AppRow, lockApp } from '../store/apps/apps.ts';
import type { Tx } from '../store/schema.ts';
import type { Actor } from './context.ts';

/** The living app of the actor's workspace, locked until the transaction ends; else `app_not_found`. */
export async function lockLivingApp(tx: Tx, actor: Actor, appId: string): Promise<AppRow> {
  const row = await lockApp(tx, appId);
  if (!row || row.deleted_at !== null || row.workspace_id !== actor.workspaceId) throw new DomainError('app_not_found');
  return row;
}
