import type { PrincipalKind } from '@fapi/sdk/contract';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import { isLimited } from '../../domain/access/principal.ts';
import { isSeen, type Sight } from '../access/sight.ts';
import type { Database, Tables, Tx } from '../schema.ts';

export type AuditRow = Selectable<Tables['audit']>;
export interface AuditFilter { appId?: string | undefined; subject?: string | undefined; action?: string | undefined; since?: Date | undefined; below?: number | undefined; limit: number }

/** Newest first. Rows of apps that cannot be seen are left out, and so are those of apps on which the reader is less than an admin. */
export function listAudit(db: Database, sight: Sight & { kind: PrincipalKind }, { appId, subject, action, since, below, limit }: AuditFilter): Promise<AuditRow[]> {
  let query = db.selectFrom('audit').selectAll().where('workspace_id', '=', sight.workspaceId).orderBy('id', 'desc').limit(limit);
  if (isLimited(sight)) query = query.where(sql<boolean>`app_id in (select apps.id from apps where ${isSeen(sight)})`);
  if (sight.kind !== 'operator') query = query.where(sql<boolean>`(app_id is null or not exists (select 1 from app_grants where app_grants.app_id = audit.app_id and app_grants.subject = ${sight.subject} and app_grants.role <> 'admin'))`);
  if (appId !== undefined) query = query.where('app_id', '=', appId);
  if (subject !== undefined) query = query.where('subject', '=', subject);
  if (action !== undefined) query = query.where('action', '=', action);
  if (since) query = query.where('at', '>=', since);
  if (below !== undefined) query = query.where('id', '<', below);
  return query.execute();
}

export interface NewAudit { workspaceId: string; subject: string; kind: AuditRow['kind']; action: string; appId?: string | undefined; reason?: string | undefined; requestId?: string | undefined }

/** The statement of `audit`, to be made part of another one. */
export const noting = ({ workspaceId, subject, kind, action, appId, reason, requestId }: NewAudit, at: Date): RawBuilder<unknown> =>
  sql`insert into audit (at, workspace_id, subject, kind, action, app_id, reason, request_id) values (${at}, ${workspaceId}, ${subject}, ${kind}, ${action}, ${appId ?? null}, ${reason ?? null}, ${requestId ?? null})`;

/** Every write leaves a row: who did what, when. */
export async function audit(tx: Database | Tx, entry: NewAudit, at: Date): Promise<void> {
  await noting(entry, at).execute(tx);
}
