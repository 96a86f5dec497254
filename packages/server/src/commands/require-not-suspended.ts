import type { Suspension } from '@fapi/sdk/contract';
import { DomainError } from '../domain/errors.ts';
import { readSuspension } from '../store/access/workspaces.ts';
import type { AppRow } from '../store/apps.ts';
import type { Tx } from '../store/schema.ts';

/** Throws `app_suspended` or `workspace_suspended`. Whoever suspends the workspace waits for this transaction: it finds what was asked for in it. The app must be locked. */
export async function requireNotSuspended(tx: Tx, app: Pick<AppRow, 'workspace_id' | 'suspended'>): Promise<void> {
  if (app.suspended) throw new DomainError('app_suspended', wordsOf(app.suspended));
  const suspension = await readSuspension(tx, app.workspace_id);
  if (suspension) throw new DomainError('workspace_suspended', wordsOf(suspension));
}

const wordsOf = ({ at, reason }: Suspension): string => `since ${at}${reason === undefined ? '' : `: ${reason}`}`;
