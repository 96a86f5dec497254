import { DomainError } from '../domain/errors.ts';
import { type AppRow, findApp } from '../store/apps/apps.ts';
import type { Actor, Context } from './context.ts';

/** The living app of the caller's workspace, or `app_not_found`. */
export async function getApp(context: Pick<Context, 'db'>, actor: Pick<Actor, 'workspaceId'>, appId: string): Promise<AppRow> {
  const row = await findApp(context.db, actor.workspaceId, appId);
  if (!row) throw new DomainError('app_not_found');
  return row;
}
