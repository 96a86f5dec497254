import type { Suspension } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';
import { findWorkspace, readSuspension } from '../store/access/workspaces.ts';
import type { AppRow } from '../store/apps/apps.ts';
import type { Database, Tx } from '../store/schema.ts';

type Stoppable = Pick<AppRow, 'workspace_id' | 'suspended'>;

/** Throws `app_suspended` or `workspace_suspended`. Whoever suspends the workspace waits for this transaction: it finds what was asked for in it. The app must be locked. */
export async function requireNotSuspended(tx: Tx, app: Stoppable): Promise<void> {
  if (app.suspended) throw new DomainError('app_suspended', saySince(app.suspended));
  const suspension = await readSuspension(tx, app.workspace_id);
  if (suspension) throw new DomainError('workspace_suspended', saySince(suspension));
}

/** The error of `requireNotSuspended` as it would be now, where nothing is written; undefined when there is none. */
export async function findSuspension(db: Database, app: Stoppable): Promise<DomainError | undefined> {
  if (app.suspended) return new DomainError('app_suspended', saySince(app.suspended));
  const suspension = (await findWorkspace(db, app.workspace_id))?.suspended;
  return suspension ? new DomainError('workspace_suspended', saySince(suspension)) : undefined;
}

const saySince = ({ at, reason }: Suspension): string => `since ${at}${reason === undefined ? '' : `: ${reason}`}`;
